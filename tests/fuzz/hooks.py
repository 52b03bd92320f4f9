"""Lets generated requests buy what the shop sells; random ids would all be turned away."""

import schemathesis

ITEMS = ["honey-wildflower-350g", "tee-harbour-navy-m", "mug-stoneware-slate", "gift-card-25"]


def _is_acceptable(item_id: object) -> bool:
    return isinstance(item_id, str) and 0 < len(item_id) <= 128 and "\0" not in item_id


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict):
        return body
    for member in ("items", "line_items"):
        items = body.get(member)
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and _is_acceptable(item.get("id")):
                item["id"] = ITEMS[sum(map(ord, item["id"])) % len(ITEMS)]
    return body
