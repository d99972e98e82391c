"""The waves and the guard's check as somebody would write them on networkx. Talks as bench/line-process.ts says.

The graph has an edge from each system to each it needs. Only what `waves` and `guard` do is timed: reading the file and
building the graph are not, but for `first`, which builds it before its check.
"""

import json
import sys
import time
from collections import Counter

import networkx as nx

MODES = ("normal", "degraded", "manual", "down")


class Peer:
    def load(self, file):
        with open(file, encoding="utf-8") as text:
            self.data = json.load(text)
        self.build()
        return {}

    def build(self):
        systems = self.data["systems"]
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(system["name"] for system in systems)
        self.graph.add_edges_from((system["name"], need) for system in systems for need in system["needs"])
        self.leaners = self.graph.reverse()
        self.systems_of_host = {host: system["name"] for system in systems for host in system["hosts"]}
        self.users = {}
        for system in systems:
            for principal in system["uses"]:
                self.users.setdefault(principal, []).append(system["name"])
        # How many of its hosts a system can lose.
        self.spare = {system["name"]: len(system["hosts"]) - system["capacity"] for system in systems}

    def waves(self):
        """Systems with nothing above them first, ties and cycles by name; then their hosts, a canary and equal waves."""
        condensed = nx.condensation(self.graph)
        self.order = []
        for generation in nx.topological_generations(condensed):
            members = sorted(sorted(condensed.nodes[component]["members"]) for component in generation)
            for component in members:
                self.order.extend(component)
        rank = {name: position for position, name in enumerate(self.order)}
        targets = sorted(
            self.data["targets"], key=lambda target: (rank[target["systems"][0]], target["account"], target["id"])
        )
        hosts = [target["id"] for target in targets]
        size = -(-len(hosts) // 20)
        self.split = [hosts[:1]] + [hosts[start : start + size] for start in range(1, len(hosts), size)]

    def fallen(self, hosts, principals):
        """Systems that are down by themselves, and all that need them, however far: no need here is an alternative."""
        taken = Counter(self.systems_of_host[host] for host in hosts if host in self.systems_of_host)
        struck = {name for name, count in taken.items() if count > self.spare[name]}
        struck.update(name for principal in principals for name in self.users.get(principal, ()))
        return {name for layer in nx.bfs_layers(self.leaners, struck) for name in layer}

    def guard(self):
        contained, wave, failing = self.data["contained"], self.data["wave"], self.data["failing"]
        before = self.fallen(contained["hosts"], contained["principals"])
        after = self.fallen(contained["hosts"] + wave["hosts"], contained["principals"] + wave["principals"])
        worsened, breached = [], []
        for service in self.data["services"]:
            modelled = sites_by_mode(service, after, [])
            if not is_worse(sites_by_mode(service, before, []), modelled):
                continue
            worsened.append(service["name"])
            probed = sites_by_mode(service, after, failing) if failing else modelled
            if service["protected"] and not all(holds(floor, probed) for floor in service["floor"]):
                breached.append(service["name"])
        self.found = {"fallen": after, "worsened": worsened, "breached": breached}


def stands(need, fallen):
    if isinstance(need, str):
        return need not in fallen
    if "on" in need:
        return True  # What fell only now still counts.
    if "all" in need:
        return all(stands(part, fallen) for part in need["all"])
    return sum(stands(part, fallen) for part in need["of"]) >= need["atLeast"]


def sites_by_mode(service, fallen, failing):
    """The weight of sites by tier and best mode."""
    taken = {}
    for entry in failing:
        if entry["service"] == service["name"]:
            for site in entry["sites"]:
                taken[site] = max(taken.get(site, -1), MODES.index(entry["mode"]))
    common = [(mode["mode"], stands(mode.get("needs", {"all": []}), fallen)) for mode in service["modes"]]
    weights = Counter()
    for sites in service["classes"]:
        own = sites.get("needs", {})
        held = [mode for mode, shared in common if shared and all(need not in fallen for need in own.get(mode, ()))]
        ranks = Counter(taken.get(site, -1) for site in sites["sites"]) if taken else {-1: len(sites["sites"])}
        for rank, count in ranks.items():
            best = next((mode for mode in held if MODES.index(mode) > rank), "down")
            weights[sites.get("tier"), best] += sites["weight"] * count
    return weights


def share_at_least(weights, mode, tier):
    total = serving = 0
    for (own, best), weight in weights.items():
        if tier is None or own == tier:
            total += weight
            if MODES.index(best) <= MODES.index(mode):
                serving += weight
    return serving / total if total else 1


def is_worse(before, after):
    return any(share_at_least(after, mode, None) < share_at_least(before, mode, None) for mode in MODES[:3])


def holds(floor, weights):
    return share_at_least(weights, floor["mode"], floor.get("tier")) >= floor["share"]


def milliseconds(*work):
    begun = time.perf_counter()
    for each in work:
        each()
    return {"ms": (time.perf_counter() - begun) * 1000}


def follows(graph, order):
    """Whether no system comes after one it needs, but for those in one cycle with it."""
    position = {name: at for at, name in enumerate(order)}
    cycle = {name: at for at, names in enumerate(nx.strongly_connected_components(graph)) for name in names}
    return len(position) == len(graph) and all(
        position[system] < position[need] or cycle[system] == cycle[need] for system, need in graph.edges
    )


def answer(peer, question):
    match question["op"]:
        case "version":
            return {"name": "networkx", "version": f"{nx.__version__} on Python {sys.version.split()[0]}"}
        case "load":
            return peer.load(question["file"])
        case "waves":
            return milliseconds(peer.waves)
        case "guard":
            return milliseconds(peer.guard)
        case "first":
            return milliseconds(peer.build, peer.guard)
        case "waves-answer":
            return {"order": peer.order, "waves": peer.split}
        case "guard-answer":
            return {**peer.found, "fallen": sorted(peer.found["fallen"])}
        case "follows":
            with open(question["file"], encoding="utf-8") as text:
                return {"follows": follows(peer.graph, json.load(text))}
        case unknown:
            raise ValueError(f"no such question: {unknown}")


def main():
    peer = Peer()
    for line in sys.stdin:
        print(json.dumps(answer(peer, json.loads(line))), flush=True)


main()
