"""The assistant, which helps to find a space."""

from typing import Any

from flask import request

from photolens import access, idempotency, paging
from photolens.access import current_caller
from photolens.api import PREFIX, Blueprint
from photolens.chat_completions import ASSISTANT_UNAVAILABLE
from photolens.database import Row, connection
from photolens.spaces.actions import assistant as actions
from photolens.spaces.schemas import assistant as schemas

blp = Blueprint("Assistant", __name__, description="Finds a space for whoever says what they need.")


@blp.get("/assistant/messages")
@access.signed_in
@blp.arguments(schemas.ChatMessageList, location="query")
@blp.pages(schemas.ChatMessage)
def list_chat_messages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what oneself and the assistant have said, newest first"""
    return paging.page(connection(), schemas.ChatMessageList, {**arguments, "user_id": current_caller().user_id})


@blp.post("/assistant/messages")
@access.signed_in
@blp.commits_first
@blp.arguments(schemas.ChatMessageInput)
@blp.refuses(ASSISTANT_UNAVAILABLE)
@blp.answers(201, schemas.Exchange, location=PREFIX + "/assistant/messages")
def send_chat_message(message: dict[str, Any]) -> Row:
    """Write to the assistant, which replies with what is really free

    It understands English: a city, a kind of space, how many, today, tomorrow, a weekday or a date, from one hour to
    another, a highest price, the cheapest. The message is kept even where no reply is made; sent again under the same
    Idempotency-Key, it is replied to once. Twenty a minute.
    """
    caller_id, address = current_caller().user_id, request.remote_addr or ""
    return actions.ask(connection(), caller_id, message["content"], address, idempotency.sent_key())
