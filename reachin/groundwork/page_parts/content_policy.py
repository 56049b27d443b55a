from collections.abc import Callable
from dataclasses import asdict

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, but that the policy is put together once: it is the same for every page that says nothing else of itself.

    It also says of every answer that no other site may take it in: not as an image, not as a script.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.policy: str = build_policy(**asdict(self.get_policy_parts(HttpRequest(), HttpResponse())))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds the policy; a page with a nonce, or with a policy of its own, goes the usual way."""
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        is_usual = not hasattr(request, "_csp_nonce") and not any(name.startswith("_csp") for name in vars(response))
        if is_usual and HEADER not in response:
            response[HEADER] = self.policy
            return response
        answered: HttpResponseBase = super().process_response(request, response)
        return answered
