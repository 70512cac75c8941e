"""A real OpenID Connect provider on loopback: authlib's server parts, with keys, PKCE, codes good once.

``forge`` makes it lie as an attacker's would: it gets the claims and gives back the token that is told.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID = "watchfloor"
CLIENT_SECRET = "a secret with spaces & signs: ü+/="
RETURN = "http://127.0.0.1:1/api/v1/oidc/return"


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, secret: str) -> None:
        self.secret = secret

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return RETURN

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == RETURN

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    person: dict[str, Any]
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str | None:
        return self.person.get("acr")

    def get_amr(self) -> list[str] | None:
        return self.person.get("amr")


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})


class OidcProvider:
    """What it is, whom it has before it (``person``: the claims), and how it is to misbehave."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.now: Callable[[], float] = time.time
        """When who signs in here does."""
        self.key = new_key()
        self.secret = CLIENT_SECRET
        self.person: dict[str, Any] = {"sub": "42", "preferred_username": "Dana", "amr": ["pwd", "otp"]}
        self.secret_by = ["client_secret_basic", "client_secret_post"]
        self.forge: Callable[[dict[str, Any]], str] | None = None
        self.refuse: tuple[str, str] | None = None
        self.broken: dict[str, Callable[[], flask.Response]] = {}
        self.asked: list[str] = []
        self.codes: dict[str, Code] = {}
        self.app = self._build()

    def sign(self, claims: dict[str, Any], key: RSAKey | None = None, **header: Any) -> str:
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)

    def browser(self, address: str) -> dict[str, str]:
        """Sign the person in at an address that the hub gave out; return what the browser brings back."""
        answer = httpx.get(address, trust_env=False)
        assert answer.status_code == 302, answer.text
        back = answer.headers["location"]
        assert back.startswith(f"{RETURN}?"), back
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def _build(self) -> flask.Flask:
        provider, app = self, flask.Flask(__name__)

        class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = provider.secret_by

            def save_authorization_code(self, code: str, request: Any) -> None:
                data = request.payload.data
                provider.codes[code] = Code(
                    code, request.payload.redirect_uri, request.payload.scope, data.get("nonce", ""),
                    data["code_challenge"], data["code_challenge_method"], provider.person,
                    int(provider.now()),
                )  # fmt: skip

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return authorization_code.person

        class Identity(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return any(code.nonce == nonce for code in provider.codes.values())

            def resolve_client_private_key(self, client: Client) -> RSAKey:
                return provider.key

            def get_client_claims(self, client: Client) -> dict[str, Any]:
                return {"iss": provider.issuer}

            def get_client_algorithm(self, client: Client) -> str:
                return "RS256"

            def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
                return UserInfo(user)

        def client(name: str) -> Client | None:
            return Client(self.secret) if name == CLIENT_ID else None

        server = AuthorizationServer(app, query_client=client, save_token=lambda *_: None)
        server.register_grant(Grant, [Identity(require_nonce=True), CodeChallenge(required=True)])

        @app.before_request
        def note() -> flask.Response | None:
            provider.asked.append(flask.request.path)
            fault = provider.broken.get(flask.request.path)
            return fault() if fault else None

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "jwks_uri": f"{provider.issuer}/keys",
                "token_endpoint_auth_methods_supported": provider.secret_by,
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [provider.key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize() -> Any:
            if provider.refuse is not None:
                error, words = provider.refuse
                told = {"error": error, "error_description": words, "state": flask.request.args["state"]}
                return flask.redirect(f"{RETURN}?{httpx.QueryParams(told)}")
            grant = server.get_consent_grant(end_user=provider.person)
            return server.create_authorization_response(grant_user=provider.person, grant=grant)

        @app.post("/token")
        def token() -> Any:
            answer = server.create_token_response()
            if provider.forge is None or answer.status_code != 200:
                return answer
            told = answer.get_json()
            claims = jwt.decode(told["id_token"], provider.key, algorithms=["RS256"]).claims
            return {**told, "id_token": provider.forge(claims)}

        return app


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Run a provider on a free port."""
    listener = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    listener.daemon_threads = True
    provider = OidcProvider(listener.server_port)
    listener.app = provider.app
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, name="provider")
    thread.start()
    try:
        yield provider
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
