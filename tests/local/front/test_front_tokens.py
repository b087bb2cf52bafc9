"""Who gets a token, and which tokens open which operation."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tercet.errors import LocalError
from tercet.local.front import clients, tokens

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(site, fields, headers=None, method="POST"):
    return site.request(method, "/oauth2/token", body=urlencode(fields), headers={**FORM, **(headers or {})})


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_client_credentials_give_a_token_as_cognito_issues_it(site):
    client = site.client()
    answer = ask(site, {"grant_type": "client_credentials"}, basic(client.client_id, client.client_secret))
    assert answer.status == 200
    assert set(answer.body) == {"access_token", "expires_in", "token_type"}
    assert (answer.body["expires_in"], answer.body["token_type"]) == (3600, "Bearer")
    assert answer.headers["Cache-Control"] == "no-store"
    claims = tokens.Verifier(site.cloud.endpoint).verify(answer.body["access_token"], {site.cloud.pool_id})
    assert claims["client_id"] == claims["sub"] == client.client_id
    assert claims["scope"] == "payments/notify payments/read payments/refund payments/write"
    assert claims["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{site.cloud.pool_id}"


def test_credentials_in_the_body_do_as_well_and_scopes_are_narrowed(site):
    client = site.client()
    fields = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "scope": "payments/read",
    }
    token = ask(site, fields).body["access_token"]
    claims = tokens.Verifier(site.cloud.endpoint).verify(token, {site.cloud.pool_id})
    assert claims["scope"] == "payments/read"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"scope": "payments/admin"}, "invalid_scope"),
        ({"scope": "payments/read openid"}, "invalid_scope"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_secret": "\ud800".encode("utf-8", "surrogatepass")}, "invalid_request"),
        ({"client_secret": None}, "invalid_client"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"client_id": "../../etc"}, "invalid_client"),
        ({"client_id": "x" * 4000}, "invalid_client"),
    ],
)
def test_what_is_wrong_is_named_as_cognito_names_it(site, change, error):
    client = site.client()
    fields = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        **change,
    }
    answer = ask(site, {name: value for name, value in fields.items() if value is not None})
    assert (answer.status, answer.body) == (400, {"error": error})


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!", "Basic Og==", "Bearer x", "Basic /////w==", "Basic bm9jb2xvbg=="]
)
def test_a_broken_authorization_header_is_an_invalid_client(site, header):
    answer = ask(site, {"grant_type": "client_credentials"}, {"Authorization": header})
    assert (answer.status, answer.body) == (400, {"error": "invalid_client"})


def test_other_methods_and_media_types_are_refused(site):
    assert ask(site, {}, method="GET").status == 405
    assert ask(site, {"grant_type": "client_credentials"}, {"Content-Type": "application/json"}).body == {
        "error": "invalid_request"
    }
    assert ask(site, [("grant_type", "client_credentials")] * 2).body == {"error": "invalid_request"}


def test_a_client_without_the_grant_is_unauthorized(site):
    made = site.cloud.cognito.create_user_pool_client(
        UserPoolId=site.cloud.pool_id, ClientName="no-grant", GenerateSecret=True
    )["UserPoolClient"]
    answer = ask(site, {"grant_type": "client_credentials"}, basic(made["ClientId"], made["ClientSecret"]))
    assert answer.body == {"error": "unauthorized_client"}


def test_a_client_is_made_once_and_follows_the_scopes_asked_for(site):
    first = site.client("payments/read", name="shop")
    assert "secret" not in repr(first).replace("client_secret", "")
    assert first.client_secret not in repr(first)
    assert site.client("payments/read", name="shop") == first
    with pytest.raises(LocalError, match="invalid_scope"):
        clients.token(site.front.url, first, ["payments/write"])
    assert site.client("payments/read", "payments/write", name="shop") == first
    assert clients.token(site.front.url, first, ["payments/write"])
    assert site.client(name="another") != first


def test_clients_say_what_to_do_when_nothing_answers(own_site):
    client = own_site.client()
    own_site.front.stop()
    with pytest.raises(LocalError, match="tercet up"):
        clients.token(own_site.front.url, client)
    with pytest.raises(LocalError, match="tercet status"):
        clients.ensure_client(own_site.cloud.endpoint, "us-east-1_unknown99", "x", ["payments/read"])


def signed(site, *, key=None, header=None, **changes):
    now = int(time.time())
    claims = {
        "iss": tokens.issuer(site.cloud.pool_id),
        "exp": now + 600,
        "iat": now,
        "token_use": "access",
        "scope": "payments/read payments/write",
        "client_id": "acme",
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "dummy", **(header or {})}, claims, key or tokens._signing_key())


def unsigned(site) -> str:
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": tokens.issuer(site.cloud.pool_id), "exp": int(time.time()) + 600, "token_use": "access"}
    claims |= {"scope": "payments/read payments/write", "client_id": "acme"}
    return f"{part({'alg': 'none', 'kid': 'dummy'})}.{part(claims)}."


def test_a_token_that_is_made_here_as_in_the_bad_cases_is_good(site):
    assert site.pay(signed(site)).status == 200


@pytest.mark.parametrize(
    "make",
    [
        lambda site: None,
        lambda site: "",
        lambda site: "nonsense",
        lambda site: "a.b.c",
        lambda site: "." * 100,
        lambda site: "x" * 20_000,
        lambda site: signed(site, exp=int(time.time()) - 10),
        lambda site: signed(site, exp=None),
        lambda site: signed(site, exp="never"),
        lambda site: signed(site, iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"),
        lambda site: signed(site, iss=None),
        lambda site: signed(site, token_use="id"),
        lambda site: signed(site, client_id=None),
        lambda site: signed(site, scope="payments/read"),
        lambda site: signed(site, scope=""),
        lambda site: signed(site, scope=None),
        lambda site: signed(site, key=RSAKey.generate_key(2048, {"kid": "dummy"})),
        lambda site: signed(site, header={"kid": "unknown"}),
        lambda site: signed(site)[:-8] + "AAAAAAAA",
        unsigned,
    ],
)
def test_any_other_token_is_refused_in_the_one_envelope(site, make):
    answer = site.pay(make(site))
    assert (answer.status, answer.error["code"]) in {(401, "unauthorized")}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert site.events == []


def test_a_token_of_another_pool_is_refused_though_moto_signs_both_with_one_key(site):
    other, _ = site.cloud.pool("other")
    client = clients.ensure_client(site.cloud.endpoint, other, "acme", ["payments/write"])
    token = tokens.issue(other, client.client_id, {"payments/write"}, lifetime_s=600)
    assert site.pay(token).status == 401


def test_two_authorization_headers_are_refused(site):
    token = site.token().encode()
    raw = b"GET /live/v1/payments/pay_1 HTTP/1.1\r\nHost: x\r\n" + b"Authorization: Bearer %b\r\n" % token * 2 + b"\r\n"
    assert b" 401 " in site.send(raw).splitlines()[0]


def test_neither_tokens_nor_secrets_are_logged(site, capfd):
    client = site.client()
    token = site.token()
    site.pay(token)
    site.request("GET", f"/live/v1/payments/pay_1?access_token={token}", token=token)
    ask(site, {"grant_type": "client_credentials"}, basic(client.client_id, "wrong-secret"))
    written = site.log.getvalue() + "".join(capfd.readouterr())
    assert len(site.log.getvalue().splitlines()) == 4
    assert "POST /live/v1/payments 200" in written
    for secret in (token, token.split(".")[2], client.client_secret, "wrong-secret", "tok_visa"):
        assert secret not in written
