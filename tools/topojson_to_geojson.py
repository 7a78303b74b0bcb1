"""Turns a TopoJSON of districts into GeoJSON, which is what a country pack holds.

python tools/topojson_to_geojson.py in.topo.json > districts.geojson
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Point = tuple[float, float]
DECIMALS = 4  # about eleven metres: far finer than any screen shows


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Every arc in degrees. With a transform, points are stored as steps from the one before."""
    transform = topology.get("transform")
    if transform is None:
        return [[(p[0], p[1]) for p in arc] for arc in topology["arcs"]]
    (scale_x, scale_y), (from_x, from_y) = transform["scale"], transform["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step in steps:
            x, y = x + step[0], y + step[1]
            arc.append((x * scale_x + from_x, y * scale_y + from_y))
        arcs.append(arc)
    return arcs


def ring(indexes: list[int], arcs: list[list[Point]]) -> list[Point]:
    """Arcs joined end to end and closed; ~i means arc i backwards. Points that fall together when rounded are one."""
    points: list[Point] = []
    for index in indexes:
        for x, y in arcs[index] if index >= 0 else reversed(arcs[~index]):
            point = (round(x, DECIMALS), round(y, DECIMALS))
            if not points or points[-1] != point:
                points.append(point)
    if points and points[0] != points[-1]:
        points.append(points[0])
    return points


def polygon(rings: list[list[int]], arcs: list[list[Point]]) -> list[list[Point]]:
    """Its rings, without those that rounding left with no area; nothing at all when the outer one went."""
    made = [ring(r, arcs) for r in rings]
    return [] if len(made[0]) < 4 else [r for r in made if len(r) >= 4]


def geometry(shape: dict[str, Any], arcs: list[list[Point]]) -> dict[str, Any] | None:
    if shape["type"] == "Polygon":
        made = polygon(shape["arcs"], arcs)
        return {"type": "Polygon", "coordinates": made} if made else None
    if shape["type"] == "MultiPolygon":
        polygons = [p for p in (polygon(rings, arcs) for rings in shape["arcs"]) if p]
        return {"type": "MultiPolygon", "coordinates": polygons} if polygons else None
    return None


def features(topology: dict[str, Any]) -> list[dict[str, Any]]:
    """Areas only, from every object of the file, with their id and their properties."""
    arcs, found = arcs_of(topology), []
    for thing in topology["objects"].values():
        for shape in thing.get("geometries", [thing]):
            made = geometry(shape, arcs) if shape.get("arcs") else None
            if made is not None:
                known = {"id": shape["id"]} if "id" in shape else {}
                found.append(
                    {"type": "Feature", **known, "properties": shape.get("properties") or {}, "geometry": made}
                )
    return found


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Say which file: python tools/topojson_to_geojson.py in.topo.json > districts.geojson")
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if topology.get("type") != "Topology":
        sys.exit(f"{sys.argv[1]} is not TopoJSON: its type is {topology.get('type')!r}, not 'Topology'.")
    rows = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features(topology))
    print('{"type":"FeatureCollection","features":[\n' + rows + "\n]}")


if __name__ == "__main__":
    main()
