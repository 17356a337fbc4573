"""How each peer runs an independent cascade and a discrete SIS on one graph: prepare(graph, ...) gives run(replicates, seed) -> mean sizes."""

from __future__ import annotations

import array
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Run = Callable[[int, int], np.ndarray]


class Graph(NamedTuple):
    """An undirected simple graph: ends of edges, every edge once."""

    n: int
    a: np.ndarray
    b: np.ndarray

    @property
    def csr(self) -> tuple[np.ndarray, np.ndarray]:
        """Neighbours of every node: start and other."""
        source, target = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        order = np.argsort(source, kind="stable")
        start = np.zeros(self.n + 1, dtype=np.int64)
        np.cumsum(np.bincount(source, minlength=self.n), out=start[1:])
        return start, target[order]

    def networkx(self) -> Any:
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(range(self.n))
        graph.add_edges_from(zip(self.a.tolist(), self.b.tolist(), strict=True))
        return graph


def _simple(n: int, a: np.ndarray, b: np.ndarray) -> Graph:
    low, high = np.minimum(a, b), np.maximum(a, b)
    pair = np.unique(low[low != high].astype(np.int64) * n + high[low != high])
    return Graph(n, pair // n, pair % n)


def random_graph(n: int, degree: int = 10, seed: int = 1) -> Graph:
    """Erdos-Renyi G(n, m) of this mean degree."""
    draw = np.random.default_rng(seed)
    return _simple(n, draw.integers(0, n, n * degree // 2), draw.integers(0, n, n * degree // 2))


def modular_graph(n: int, size: int = 50, inside: int = 8, outside: int = 2, seed: int = 2) -> Graph:
    """Units of `size` with mean degree `inside` within and `outside` across."""
    draw = np.random.default_rng(seed)
    a = draw.integers(0, n, n * inside // 2)
    b = (a // size) * size + draw.integers(0, size, len(a))
    c, d = draw.integers(0, n, n * outside // 2), draw.integers(0, n, n * outside // 2)
    return _simple(n, np.concatenate([a, c]), np.concatenate([b, d]))


def ndlib(g: Graph, p: float, seeds: np.ndarray) -> Run:
    import ndlib.models.epidemics as ep
    from ndlib.models.ModelConfig import Configuration

    graph = g.networkx()
    config = Configuration()
    config.add_model_initial_configuration("Infected", seeds.tolist())
    for edge in graph.edges():
        config.add_edge_configuration("threshold", edge, p)

    def run(replicates: int, seed: int) -> np.ndarray:
        sizes = []
        for r in range(replicates):
            model = ep.IndependentCascadesModel(graph, seed=seed + r)
            model.set_initial_status(config)
            counts = model.iteration(node_status=False)["node_count"]
            while counts[1]:
                counts = model.iteration(node_status=False)["node_count"]
            sizes.append(counts[2])
        return np.array(sizes)

    return run


def eon(g: Graph, p: float, seeds: np.ndarray) -> Run:
    import EoN

    graph, first = g.networkx(), seeds.tolist()

    def run(replicates: int, seed: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        return np.array([EoN.basic_discrete_SIR(graph, p, initial_infecteds=first, rng=draw)[3][-1] for _ in range(replicates)])

    return run


def cynetdiff(g: Graph, p: float, seeds: np.ndarray) -> Run:
    from cynetdiff.models import IndependentCascadeModel

    start, other = g.csr
    starts, edges = array.array("I", start[:-1].astype(np.uint32).tobytes()), array.array("I", other.astype(np.uint32).tobytes())
    model, first = IndependentCascadeModel(starts, edges, activation_prob=p), seeds.tolist()

    def run(replicates: int, seed: int) -> np.ndarray:
        model.set_rng(np.random.default_rng(seed))
        model.set_seeds(first)
        sizes = []
        for _ in range(replicates):
            model.reset_model()
            model.advance_until_completion()
            sizes.append(model.get_num_activated_nodes())
        return np.array(sizes)

    return run


def pynetim(g: Graph, p: float, seeds: np.ndarray) -> Run:
    from pynetim import IMGraph, IndependentCascadeModel

    graph = IMGraph(list(zip(g.a.tolist(), g.b.tolist(), strict=True)), weights=p, directed=False, renumber=False)
    model = IndependentCascadeModel(graph, set(seeds.tolist()))

    def run(replicates: int, seed: int) -> np.ndarray:
        return np.full(replicates, model.run_monte_carlo_diffusion(replicates, random_seed=seed))

    return run


def igraph(g: Graph, p: float, seeds: np.ndarray) -> Run:
    import igraph as ig

    edges = np.column_stack([g.a, g.b])

    def run(replicates: int, seed: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        sizes = []
        for _ in range(replicates):
            kept = ig.Graph(g.n, edges[draw.random(len(edges)) < p])
            label = np.array(kept.connected_components().membership)
            sizes.append(np.isin(label, label[seeds]).sum())
        return np.array(sizes)

    return run


def scipy(g: Graph, p: float, seeds: np.ndarray) -> Run:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    def run(replicates: int, seed: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        sizes = []
        for _ in range(replicates):
            kept = draw.random(len(g.a)) < p
            matrix = coo_array((np.ones(kept.sum(), dtype=np.int8), (g.a[kept], g.b[kept])), shape=(g.n, g.n)).tocsr()
            label = connected_components(matrix, directed=False)[1]
            reached = np.zeros(label.max() + 1, dtype=bool)
            reached[label[seeds]] = True
            sizes.append(reached[label].sum())
        return np.array(sizes)

    return run


PEERS = {"NDlib": ndlib, "EoN": eon, "cynetdiff": cynetdiff, "pynetim": pynetim, "igraph": igraph, "scipy components": scipy}


def sis_ndlib(g: Graph, beta: float, forget: float, seeds: np.ndarray, steps: int) -> Run:
    import ndlib.models.epidemics as ep
    from ndlib.models.ModelConfig import Configuration

    graph = g.networkx()
    config = Configuration()
    config.add_model_parameter("beta", beta)
    config.add_model_parameter("lambda", forget)
    config.add_model_initial_configuration("Infected", seeds.tolist())

    def run(replicates: int, seed: int) -> np.ndarray:
        sizes = []
        for r in range(replicates):
            model = ep.SISModel(graph, seed=seed + r)
            model.set_initial_status(config)
            # The first iteration of NDlib reports the start.
            for _ in range(steps + 1):
                counts = model.iteration(node_status=False)["node_count"]
            sizes.append(counts[1])
        return np.array(sizes)

    return run


def sis_scipy(g: Graph, beta: float, forget: float, seeds: np.ndarray, steps: int, width: int = 32) -> Run:
    from scipy.sparse import coo_array

    both = (np.concatenate([g.a, g.b]), np.concatenate([g.b, g.a]))
    matrix = coo_array((np.ones(len(both[0]), dtype=np.float32), both), shape=(g.n, g.n)).tocsr()
    spared = np.float32(np.log1p(-beta))

    def run(replicates: int, seed: int) -> np.ndarray:
        draw = np.random.default_rng(seed)
        sizes: list[float] = []
        while len(sizes) < replicates:
            state = np.zeros((g.n, width), dtype=np.float32)
            state[seeds] = 1.0
            for _ in range(steps):
                learn = -np.expm1(spared * (matrix @ state))
                luck = draw.random((g.n, width), dtype=np.float32)
                state = np.where(state > 0, luck >= forget, luck < learn).astype(np.float32)
            sizes += state.sum(axis=0).tolist()
        return np.array(sizes)

    return run


SIS_PEERS = {"NDlib": sis_ndlib, "scipy": sis_scipy}
