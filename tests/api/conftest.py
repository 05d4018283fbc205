"""A key of somebody, and a client that sends it."""

import json

import pytest

from leads.capture import keys
from leads.capture.choices import Scope
from leads.choices import Role
from tests.leads.factories import NOON, UserFactory


class ApiClient:
    """Sends JSON with a key; `answer.data` is what came back."""

    def __init__(self, client, secret):
        self.client = client
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path, **query):
        return self._read(
            self.client.get(f"/api/v1/{path}", query, headers=self.headers)
        )

    def post(self, path, content, *, raw=None, content_type="application/json", **more):
        body = json.dumps(content).encode() if raw is None else raw
        headers = {**self.headers, **more.pop("headers", {})}
        answer = self.client.post(
            f"/api/v1/{path}", body, content_type=content_type, headers=headers, **more
        )
        return self._read(answer)

    @staticmethod
    def _read(answer):
        answer.data = json.loads(answer.content) if answer.content else None
        return answer


@pytest.fixture
def api_of(workspace, client):
    """`api_of(user, "leads:read")` sends a key of that person with these scopes."""

    def make(user, *scopes, source_system="shop"):
        _key, secret = keys.create(
            name="Shop",
            user=user,
            scopes=[Scope(scope) for scope in scopes or Scope.values],
            source_system=source_system,
            actor=None,
            now=NOON,
        )
        client.raise_request_exception = False
        return ApiClient(client, secret)

    return make


@pytest.fixture
def api(api_of):
    """The API for a manager's key of every scope."""
    return api_of(UserFactory(role=Role.MANAGER))
