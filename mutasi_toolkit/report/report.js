(function(){"use strict";
window.addEventListener("beforeprint",function(){document.querySelectorAll("details").forEach(function(d){d.open=true;});});
function value(row,i){var c=row.cells[i];return c.dataset.v!==undefined?(c.dataset.v===""?-Infinity:parseFloat(c.dataset.v)):c.textContent.toLowerCase();}
document.querySelectorAll("th button").forEach(function(b){b.addEventListener("click",function(){
var th=b.parentNode,i=th.cellIndex,body=th.closest("table").tBodies[0],up=th.getAttribute("aria-sort")!=="ascending";
th.parentNode.querySelectorAll("th").forEach(function(o){o.removeAttribute("aria-sort");});th.setAttribute("aria-sort",up?"ascending":"descending");
Array.from(body.rows).map(function(r,k){return[value(r,i),k,r];}).sort(function(a,c){return(a[0]<c[0]?-1:a[0]>c[0]?1:a[1]-c[1])*(up?1:-1);}).forEach(function(x){body.appendChild(x[2]);});});});
document.querySelectorAll("input[data-for]").forEach(function(f){f.addEventListener("input",function(){var q=f.value.toLowerCase();
Array.from(document.getElementById(f.dataset.for).tBodies[0].rows).forEach(function(r){r.hidden=q!==""&&r.textContent.toLowerCase().indexOf(q)<0;});});});
})();
