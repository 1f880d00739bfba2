"""The description of the API (docs/api/openapi.yaml) as tests use it: calls an operation by its id, and compares what is
sent and what is answered with its schemas.

A client must stand answers with more fields than it knows, so the document leaves its objects open. A test must not:
here every object is closed, and a field that the document does not have fails as one that is missing does.
"""

import copy
import re
from dataclasses import dataclass, field

import httpx
import yaml
from jsonschema import Draft202012Validator, RefResolver

from service import REPOSITORY

FILE = REPOSITORY / "docs/api/openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
LITERAL = {"const", "enum", "example", "examples", "default"}  # their values are no schemas


@dataclass
class Operation:
    id: str
    method: str
    path: str
    spec: dict
    parameters: dict = field(default_factory=dict)  # (in, name) → parameter

    @property
    def route(self) -> str:
        """As the program writes it: "GET /products/:id"."""
        path = self.path
        for (place, name), parameter in self.parameters.items():
            if place == "path":
                path = path.replace("{%s}" % name, ("*" if parameter.get("x-segments") == "many" else ":") + name)
        return f"{self.method} {path}"

    @property
    def access(self) -> str:
        return self.spec["x-permission"]

    @property
    def statuses(self) -> set[str]:
        return set(self.spec["responses"]) - {"default"}

    @property
    def query(self) -> set[str]:
        return {name for place, name in self.parameters if place == "query"}

    def body(self, media: str = "application/json") -> dict | None:
        return self.spec.get("requestBody", {}).get("content", {}).get(media, {}).get("schema")


class Document:
    def __init__(self):
        self.content = yaml.safe_load(FILE.read_text())
        closed = copy.deepcopy(self.content)
        self.closed = self._close(closed)
        self._resolver = RefResolver("", self.closed)
        self.operations = {o.id: o for o in self._operations()}
        self.seen: dict[str, set[str]] = {}

    # --- reading ----------------------------------------------------------------------------------------------------------

    def resolve(self, value: dict, root: dict | None = None) -> dict:
        while isinstance(value, dict) and "$ref" in value:
            target = root or self.content
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            value = target
        return value

    def _operations(self):
        for path, item in self.closed["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                spec = item[method] | {"responses": {status: self.resolve(answer, self.closed)
                                                     for status, answer in item[method]["responses"].items()}}
                operation = Operation(spec["operationId"], method.upper(), path, spec)
                for parameter in item.get("parameters", []) + spec.get("parameters", []):
                    parameter = self.resolve(parameter, self.closed)
                    operation.parameters[parameter["in"], parameter["name"]] = parameter
                yield operation

    def _close(self, value):
        """Every object with properties takes these and no others; what consists of parts (allOf) becomes one."""
        if isinstance(value, list):
            return [self._close(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "allOf" in value:
            value = self._merged(value)
        value = {key: item if key in LITERAL else self._close(item) for key, item in value.items()}
        if isinstance(value.get("properties"), dict) and value.get("type") == "object":
            value.setdefault("additionalProperties", False)
        return value

    def _merged(self, schema: dict) -> dict:
        merged = {key: value for key, value in schema.items() if key != "allOf"} | {"type": "object"}
        merged["properties"], merged["required"] = dict(merged.get("properties", {})), list(merged.get("required", []))
        for part in schema["allOf"]:
            part = self.resolve(part)
            part = self._merged(part) if "allOf" in part else part
            merged["properties"] |= part.get("properties", {})
            merged["required"] += part.get("required", [])
        return merged

    # --- comparing --------------------------------------------------------------------------------------------------------

    def troubles(self, schema: dict, value) -> list[str]:
        validator = Draft202012Validator(schema, resolver=self._resolver)
        found = []
        for error in validator.iter_errors(value):
            # Of alternatives, what is wrong with each.
            found += [f"{'/'.join(map(str, e.absolute_path))}: {e.message:.300}" for e in error.context or [error]]
        return found

    def example_of(self, schema: dict):
        schema = self.resolve(schema, self.closed)
        return copy.deepcopy(schema["examples"][0])

    def check_answer(self, operation: Operation, answer: httpx.Response):
        """The answer is one that the operation declares, with the declared headers, type and body."""
        where = f"{operation.id}: {answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:600]}"
        status = str(answer.status_code)
        assert status in operation.statuses, f"not declared: {where}"
        declared = operation.spec["responses"][status]
        for name in declared.get("headers", {}):
            assert name.lower() in answer.headers, f"header {name} is missing: {where}"
        if "content" in declared:
            media = answer.headers["content-type"].partition(";")[0]
            media = "*/*" if "*/*" in declared["content"] else media
            assert media in declared["content"], f"not the declared type: {where}"
            schema = declared["content"][media].get("schema", {})
            is_binary = schema.get("format") == "binary"
            body = answer.json() if media == "application/json" and not is_binary else answer.text if not is_binary else ""
            assert self.troubles(schema, body) == [], where
        else:
            assert answer.content == b"", f"a body that is not declared: {where}"
        self.seen.setdefault(operation.id, set()).add(status)

    def call(self, client, operation_id: str, expect: int = 200, path: dict | None = None, params: dict | None = None,
             json=None, **more) -> httpx.Response:
        """Calls an operation; what is sent must be as described where it is to succeed, and the answer always."""
        operation = self.operations[operation_id]
        if expect < 400:
            undescribed = {name.partition("[")[0] for name in params or {}} - operation.query
            assert not undescribed, f"{operation_id} has no parameters {undescribed}"
            for name, value in (params or {}).items():
                self._check_parameter(operation, name, value)
            if json is not None:
                assert operation.body(), f"{operation_id} takes no JSON"
                assert self.troubles(operation.body(), json) == [], f"{operation_id} does not describe {json}"
        target = operation.path
        for name, value in (path or {}).items():
            target = target.replace("{%s}" % name, str(value))
        assert "{" not in target, f"{operation_id} wants {target}"
        client = getattr(client, "http", client)
        answer = client.request(operation.method, target, params=params, json=json, **more)
        assert answer.status_code == expect, f"{operation_id}: {answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:800]}"
        self.check_answer(operation, answer)
        return answer

    def _check_parameter(self, operation: Operation, name: str, value):
        parameter = operation.parameters["query", name.partition("[")[0]]
        if parameter.get("style") == "deepObject":
            return
        schema = parameter["schema"]
        typed = [value]
        if re.fullmatch(r"-?\d{1,12}", str(value)):
            typed.append(int(value))
        if value in ("true", "false"):
            typed.append(value == "true")
        assert any(self.troubles(schema, v) == [] for v in typed), f"{operation.id} does not describe {name}={value}"
