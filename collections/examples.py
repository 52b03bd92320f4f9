#!/usr/bin/env python3
"""Shows in the collection what is answered: the examples of the OpenAPI document, each at one
request that is answered so.

examples.py writes them; examples.py --check fails where they are others.
"""

import http
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
COLLECTION = os.path.join(HERE, "acp-gateway.postman_collection.json")
USUAL = "Buy with a card"
# The version of the requests that name none.
DOCUMENT = os.path.join(HERE, "..", "openapi", "acp-2026-04-17.json")


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def answers(document):
    """Every example of an answer, by method, a pattern of the address, and status."""
    for path, operations in document["paths"].items():
        pattern = re.compile(re.sub(r"\{\w+\}", r"[^/?]+", path) + r"(\?.*)?$")
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                shown = response.get("content", {}).get("application/json", {})
                named = {name: each["value"] for name, each in shown.get("examples", {}).items()}
                if "example" in shown:
                    named["example"] = shown["example"]
                yield method.upper(), pattern, int(status), named


def expected(item):
    """The status and the words a request is tested for."""
    lines = [line for event in item["event"] if event["listen"] == "test"
             for line in event["script"]["exec"]]
    script = "\n".join(lines)
    status = int(re.search(r"to\.have\.status\((\d+)\)", script)[1])
    return status, re.findall(r"\)\.(code|status)\)\.to\.equal\('(\w+)'\)", script)


def example(item, known, used):
    """The example a request is answered by, unless an earlier one was."""
    request = item["request"]
    versions = [header["value"] for header in request["header"] if header["key"] == "API-Version"]
    if versions not in ([], ["{{apiVersion}}"]):
        return None
    path = request["url"]["raw"].replace("{{baseUrl}}", "")
    status, words = expected(item)
    for method, pattern, answered, named in known:
        if (method, answered) != (request["method"], status) or not pattern.match(path):
            continue
        for name, body in named.items():
            fits = all(body.get(field) == word for field, word in words)
            if fits and (method, pattern.pattern, answered, name) not in used:
                used.add((method, pattern.pattern, answered, name))
                return status, body
    return None


def saved(item, status, body):
    request = item["request"]
    return {
        "name": item["name"],
        "originalRequest": {
            "method": request["method"],
            "header": request["header"],
            "url": request["url"],
        },
        "status": http.HTTPStatus(status).phrase,
        "code": status,
        "_postman_previewlanguage": "json",
        "header": [{"key": "Content-Type", "value": "application/json"}],
        "cookie": [],
        "body": json.dumps(body, indent=2, ensure_ascii=False),
    }


def main():
    collection = read(COLLECTION)
    known, used = list(answers(read(DOCUMENT))), set()
    # The usual way is looked at most, so it has its examples first.
    for folder in sorted(collection["item"], key=lambda folder: folder["name"] != USUAL):
        for item in folder["item"]:
            found = example(item, known, used)
            item["response"] = [saved(item, *found)] if found else []
    made = json.dumps(collection, indent=2, ensure_ascii=False) + "\n"
    with open(COLLECTION, encoding="utf-8") as file:
        kept = file.read()
    if "--check" not in sys.argv:
        with open(COLLECTION, "w", encoding="utf-8") as file:
            file.write(made)
    elif kept != made:
        sys.exit("The collection does not show what is answered: run collections/examples.py.")


main()
