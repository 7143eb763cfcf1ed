"""The refusals of clouds, in their own shapes."""

import json

import pytest

from sagent.errors import Illegal, NotFound, Overflow, Overloaded, ProviderError, Quota, Refused, Unauthorized
from sagent.providers import AnthropicBedrock, AnthropicVertex, AzureOpenAI, Google
from sagent.providers.faults import Refusal
from sagent.providers.vendor import Vendor

BEDROCK = AnthropicBedrock.from_key("key-key", base_url="https://h")
VERTEX = AnthropicVertex.from_key("key-key", base_url="https://h/v1/projects/p/locations/l")
AZURE = AzureOpenAI.from_key("key-key", base_url="https://h")
GEMINI = Google.from_key("key-key", base_url="https://h/v1beta1/publishers/google")


def rpc(code: int, status: str, message: str) -> object:
    """An error of Google Cloud, as rawPredict gives it."""
    return [{"error": {"code": code, "status": status, "message": message}}]


def filtered(code: str) -> object:
    message = "The response was filtered due to Azure OpenAI's content management policy."
    return {"error": {"code": code, "message": message, "innererror": {}}}


@pytest.mark.parametrize(
    ("provider", "status", "body", "error"),
    [
        (BEDROCK, 429, {"message": "Too many tokens, please wait before trying again."}, Overloaded),
        (BEDROCK, 429, {"message": "Too many tokens per day, please wait before trying again."}, Quota),
        (BEDROCK, 424, {"message": "The model returned an error. Try again."}, Overloaded),
        (BEDROCK, 403, {"message": "The security token included in the request is expired"}, Unauthorized),
        (BEDROCK, 400, {"message": "Input is too long for requested model."}, Overflow),
        (BEDROCK, 400, {"message": "cache_control: Extra inputs are not permitted"}, Illegal),
        (BEDROCK, 404, {"message": "Could not resolve the foundation model"}, NotFound),
        (
            VERTEX,
            429,
            rpc(429, "RESOURCE_EXHAUSTED", "Quota exceeded for online_prediction_requests_per_base_model"),
            Overloaded,
        ),
        (VERTEX, 401, rpc(401, "UNAUTHENTICATED", "invalid authentication credentials"), Unauthorized),
        (VERTEX, 400, rpc(400, "FAILED_PRECONDITION", "The model is not servable in region l"), Refused),
        (VERTEX, 404, rpc(404, "NOT_FOUND", "Publisher Model was not found"), NotFound),
        (VERTEX, 400, {"type": "error", "error": {"type": "invalid_request_error"}}, Illegal),
        (AZURE, 400, filtered("content_filter"), Refused),
        (AZURE, 404, {"error": {"code": "DeploymentNotFound", "message": "It does not exist."}}, NotFound),
        (AZURE, 401, {"statusCode": 401, "message": "Unauthorized. Access token is missing."}, Unauthorized),
        (GEMINI, 401, rpc(401, "UNAUTHENTICATED", "expected OAuth 2 access token"), Unauthorized),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_a_refusal_of_a_cloud_is_the_error_that_it_means_on_each_of_its_wires(
    provider: Vendor, status: int, body: object, error: type[ProviderError], number: int
) -> None:
    dialect = provider.model(
        "m", dialect=provider.card.dialects[min(number, len(provider.card.dialects) - 1)]
    )
    refusal = Refusal(status=status, headers={}, body=json.dumps(body).encode(), host="h")

    found = dialect.dialect.fault(refusal, 0.0)

    assert type(found) is error, found


def test_a_wait_that_azure_asks_for_is_kept() -> None:
    words = "Requests have exceeded token rate limit. Please retry after 26 seconds."
    body = json.dumps({"error": {"code": "429", "message": words}}).encode()

    found = AZURE.model("m").dialect.fault(Refusal(status=429, headers={}, body=body, host="h"), 0.0)

    assert isinstance(found, Overloaded)
    assert found.retry_after == 26
