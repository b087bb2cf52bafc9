"""Answers once more what a client asks once more because the first answer never reached it.

AWS's clients repeat a request whose connection broke, under the same invocation id. By then it may have been carried
out, and doing it twice is another thing than doing it once: the second ``PutParameter`` is refused, as the parameter is
there already, and the whole deployment fails. So the answer to an invocation is kept for a while, and a further attempt
at it gets that answer. An attempt that failed is carried out again, which is what such an attempt is for.

AWS promises no such thing; it is this server, on a machine busy with a deployment, that must not break connections.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READS: Final = frozenset(("GET", "HEAD"))
"""Methods that may be carried out as often as anybody likes."""
_MOST_KEPT: Final = 500
_MOST_BYTES: Final = 100_000
"""Of one answer: larger ones are contents, which may be read again."""


class AnswersKept:
    """A WSGI application that carries out each invocation of another application once."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._answers: OrderedDict[str, Response] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if not invocation or environ["REQUEST_METHOD"] in _READS:
            return self._application(environ, start_response)
        answer = self._kept(invocation) if _is_repeated(environ) else None
        if answer is None:
            answer = Response.from_app(self._application, environ, buffered=True)
            self._keep(invocation, answer)
        return answer(environ, start_response)

    def _kept(self, invocation: str) -> Response | None:
        with self._lock:
            return self._answers.get(invocation)

    def _keep(self, invocation: str, answer: Response) -> None:
        if not 200 <= answer.status_code < 300 or len(answer.get_data()) > _MOST_BYTES:
            return
        with self._lock:
            self._answers[invocation] = answer
            if len(self._answers) > _MOST_KEPT:
                self._answers.popitem(last=False)


def _is_repeated(environ: WSGIEnvironment) -> bool:
    """Tell whether the request says that it is not the first attempt: ``attempt=2; max=25``."""
    attempt = str(environ.get("HTTP_AMZ_SDK_REQUEST", "")).split(";", 1)[0].strip()
    return attempt.startswith("attempt=") and attempt != "attempt=1"
