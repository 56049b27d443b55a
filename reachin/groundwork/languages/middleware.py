from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import check_for_language

PARAMETER = "language"


class LanguageMiddleware(LocaleMiddleware):
    """Django's LocaleMiddleware, and a plain link `?language=gd` that chooses a language: it needs neither a script nor a form.

    The choice is kept in a cookie that ends with the browser session, so that it leaves no trace behind, and the visitor is sent
    to the same address without the word.
    """

    get_response: Callable[[HttpRequest], HttpResponseBase]

    def process_request(self, request: HttpRequest) -> None:
        """No address has a language in it, so none is looked for there."""
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.GET.get(PARAMETER) if request.method == "GET" else None
        if chosen is None or chosen not in dict(settings.LANGUAGES) or not check_for_language(chosen):
            answer = super().__call__(request)
            assert isinstance(answer, HttpResponseBase), "the house runs by WSGI"
            return answer
        response = HttpResponseRedirect(_without_parameter(request))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            secure=request.is_secure(),
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
        response["Cache-Control"] = "no-store"
        return response


def _without_parameter(request: HttpRequest) -> str:
    rest = [(name, value) for name, values in request.GET.lists() if name != PARAMETER for value in values]
    path = "/" + request.path.lstrip("/")  # two slashes at the front would lead to another site
    return f"{path}?{urlencode(rest)}" if rest else path
