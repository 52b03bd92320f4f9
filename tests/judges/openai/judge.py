"""Holds the mock of a language model against OpenAI's own SDK for Python.

judge.py URL KEY; the mock has to know the model mock-1.
"""

import http.client
import json
import sys
import typing

import openai
import pydantic

URL, KEY = sys.argv[1], sys.argv[2]
client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0)
completions = client.chat.completions
checked = 0


def same(seen, expected):
    global checked
    assert seen == expected, f"{seen!r} instead of {expected!r}"
    checked += 1


def control(path, body):
    connection = http.client.HTTPConnection(URL.removeprefix("http://"))
    connection.request("PUT", "/_mock/" + path, json.dumps(body))
    response = connection.getresponse()
    said = response.read()
    assert response.status == 200, said


def refused(kind, call):
    try:
        call()
    except openai.OpenAIError as error:
        same(type(error), kind)
        return error
    raise AssertionError(f"{kind.__name__} was expected")


def whole(thing):
    """Everything that was said is of the kind the SDK knows, and nothing else was said."""
    type(thing).model_validate(thing.model_dump(), strict=True)
    same(list(strange(thing)), [])


def strange(thing):
    if isinstance(thing, pydantic.BaseModel):
        yield from thing.model_extra or {}
        for _, value in thing:
            yield from strange(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from strange(value)


class Step(pydantic.BaseModel):
    op: typing.Literal["add", "remove"]
    item: str
    quantity: int


class Plan(pydantic.BaseModel):
    steps: list[Step]
    note: str | None


PLAN = {"steps": [{"op": "add", "item": "mug_blue", "quantity": 2}], "note": None}
TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds an item.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"item": {"type": "string"}},
            "required": ["item"],
            "additionalProperties": False,
        },
    },
}


def says(text, **more):
    said = [{"role": "system", "content": "You sell."}, {"role": "user", "content": text}]
    return {"model": "mock-1", "messages": said, **more}


control("answers", [
    {"when": "tool", "call": [{"name": "add", "arguments": {"item": "mug_blue"}}]},
    {"when": "plan", "json": PLAN},
    {"when": "poem", "refuse": "I only sell."},
    {"when": "hello", "say": "Good day to you, and welcome."},
])


def models():
    listed = client.models.list()
    whole(listed.data[0])
    same([model.id for model in listed], ["mock-1"])
    same(client.models.retrieve("mock-1").id, "mock-1")
    refused(openai.NotFoundError, lambda: client.models.retrieve("other"))


def texts():
    said = completions.create(**says("hello", temperature=0, seed=1, max_tokens=100))
    whole(said)
    same(said.choices[0].message.content, "Good day to you, and welcome.")
    same(said.usage.total_tokens, said.usage.prompt_tokens + said.usage.completion_tokens)
    short = completions.create(**says("hello", max_completion_tokens=2))
    same((short.choices[0].message.content, short.choices[0].finish_reason), ("Good day", "length"))


def structured():
    parsed = completions.parse(**says("plan", response_format=Plan))
    same(parsed.choices[0].message.parsed, Plan(**PLAN))
    plainest = completions.parse(**says("anything", response_format=Plan))
    same(plainest.choices[0].message.parsed, Plan(steps=[], note=None))
    silent = completions.parse(**says("a poem", response_format=Plan)).choices[0].message
    same((silent.parsed, silent.refusal), (None, "I only sell."))
    loose = {"type": "object", "properties": {"a": {"type": "string"}}}
    loose = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": loose}}
    error = refused(
        openai.BadRequestError, lambda: completions.create(**says("hello", response_format=loose))
    )
    same(error.param, "response_format")
    refused(
        openai.LengthFinishReasonError,
        lambda: completions.parse(**says("plan", response_format=Plan, max_tokens=3)),
    )


def tools():
    said = completions.create(**says("tool", tools=[TOOL]))
    whole(said)
    call = said.choices[0].message.tool_calls[0]
    same((call.function.name, json.loads(call.function.arguments)), ("add", {"item": "mug_blue"}))
    parsed = completions.parse(**says("tool", tools=[TOOL])).choices[0].message.tool_calls[0]
    same(parsed.function.parsed_arguments, {"item": "mug_blue"})


def streams():
    usage = {"include_usage": True}
    chunks = list(completions.create(**says("hello", stream=True, stream_options=usage)))
    for chunk in chunks:
        whole(chunk)
    deltas = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    same("".join(deltas), "Good day to you, and welcome.")
    same(chunks[-1].usage, completions.create(**says("hello")).usage)
    for text, more in [("plan", {"response_format": Plan}), ("tool", {"tools": [TOOL]})]:
        with completions.stream(**says(text, **more)) as stream:
            for _ in stream:
                pass
            final = stream.get_final_completion().choices[0].message
        if text == "plan":
            same(final.parsed, Plan(**PLAN))
        else:
            same(json.loads(final.tool_calls[0].function.arguments), {"item": "mug_blue"})


def failures():
    stranger = openai.OpenAI(base_url=URL + "/v1", api_key="sk-other", max_retries=0)
    error = refused(openai.AuthenticationError, lambda: stranger.models.list())
    same(error.code, "invalid_api_key")
    hello = lambda: completions.create(**says("hello"))
    for faults, kind in [
        ({"throttle_ratio": 1}, openai.RateLimitError),
        ({"error_ratio": 1}, openai.InternalServerError),
        ({"unavailable_ratio": 1}, openai.InternalServerError),
        ({"status_ratio": 1, "status": 403}, openai.PermissionDeniedError),
        ({"reset_ratio": 1}, openai.APIConnectionError),
        ({"cut_short_ratio": 1}, openai.APIConnectionError),
    ]:
        control("faults", faults)
        if "cut_short_ratio" not in faults:
            refused(kind, hello)
            continue
        # What breaks while it is read is told by the client below the SDK.
        try:
            hello()
        except Exception as error:
            same("incomplete" in str(error) or isinstance(error, kind), True)
        else:
            raise AssertionError("half an answer was taken")
    for faults in [{"throttle_ratio": 1}, {"reset_ratio": 1}, {"error_after_effect_ratio": 1}]:
        control("faults", faults | {"at_most": 1})
        again = client.with_options(max_retries=2).chat.completions.create(**says("hello"))
        same(again.choices[0].finish_reason, "stop")
    control("faults", {"malformed_ratio": 1, "at_most": 1})
    try:
        completions.parse(**says("plan", response_format=Plan))
    except pydantic.ValidationError:
        same(completions.parse(**says("plan", response_format=Plan)).choices[0].message.parsed,
             Plan(**PLAN))
    else:
        raise AssertionError("that is no JSON")
    control("faults", {"refusal_ratio": 1})
    same(hello().choices[0].message.content, None)
    control("faults", {})


for judge in [models, texts, structured, tools, streams, failures]:
    before = checked
    judge()
    print(f"{judge.__name__}: {checked - before}")
print(f"openai {openai.__version__}: {checked} checks")
