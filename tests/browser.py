"""A headless Chromium driven over its debugging protocol, for tests that look at a page as a reader does."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import websocket

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--hide-scrollbars", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*"]
#: How long a page may take before a test gives up, in seconds; far above what it needs, so that a busy machine passes.
PATIENCE = 180.0


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


class Browser:
    """One tab.

    Parameters
    ----------
    folder : Path
        An empty folder for the browser's own files.
    """

    def __init__(self, folder: Path, width: int = 1300, height: int = 1000) -> None:
        command = [chromium(), *FLAGS, f"--user-data-dir={folder}", f"--window-size={width},{height}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = self._until(lambda: (folder / "DevToolsActivePort").read_text().split()[0])
        tabs = self._until(lambda: json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/json").read()))
        address = next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page")
        self.socket = websocket.create_connection(address, timeout=PATIENCE)
        self.number = 0
        self.requests: dict[str, str] = {}
        self.call("Network.enable")
        self.call("Page.enable")

    @staticmethod
    def _until(ask: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return ask()
            except (OSError, IndexError, StopIteration):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command; remembers the addresses of the requests that the page makes meanwhile and its policy does not stop."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "Network.requestWillBeSent":
                self.requests[message["params"]["requestId"]] = message["params"]["request"]["url"]
            if message.get("method") == "Network.loadingFailed" and message["params"].get("blockedReason") == "csp":
                self.requests.pop(message["params"]["requestId"], None)
            if message.get("id") == self.number:
                assert "error" not in message, message
                return message["result"]

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression on the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, script: str) -> Any:
        """The value of an expression as soon as it is true on the page."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = self.run(script)
            if value:
                return value
            time.sleep(0.2)
        pytest.fail(f"the page never came to: {script}")

    def go(self, address: str) -> None:
        """Open an address and wait for its document."""
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def press(self, key: str, code: int) -> None:
        """One key, down and up, on what has the focus."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def click(self, element: str) -> None:
        """A mouse click in the middle of the element that a JavaScript expression names."""
        x, y = self.run(f"(() => {{ const e = {element}; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] }})()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        """Write what the tab shows as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.kill()
        self.process.wait()


#: Texts whose contrast with what lies behind them is below 4.5 (WCAG 2.2, 1.4.3): text and ratio. Colours below are blended from the page up.
#: Hidden text, and what is drawn by a widget's own disabled state, does not count.
FAINT = """(() => {
const number = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const over = (top, below) => { const a = top.length > 3 ? top[3] : 1; return [0, 1, 2].map(i => a * top[i] + (1 - a) * below[i]); };
const behind = e => e ? over(number(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : [255, 255, 255];
const light = c => { const l = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let seen = 0;
for (let n; (n = walk.nextNode());) {
  const e = n.parentElement;
  if (!n.textContent.trim() || ['SCRIPT', 'STYLE', 'TEMPLATE'].includes(e.tagName) || e.closest('svg,[disabled],option') || !e.getClientRects().length || getComputedStyle(e).visibility === 'hidden') continue;
  seen += 1;
  const back = behind(e), front = over(number(getComputedStyle(e).color), back), a = light(front), b = light(back);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) found.push(n.textContent.trim().slice(0, 60) + ' ' + ratio.toFixed(2));
}
return seen ? found : ['no text'];
})()"""
