"""Tag Chats: conversations kept on this computer."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import BaseModel

from node.core.errors import InvalidIdError
from node.core.ids import Hash32
from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.shapes import Done, TitleInput
from node.service.api import NodeService
from node.service.dto import ChatHistory, StoredMessage


class ChatItem(BaseModel):
    chatId: str
    modelId: str
    title: str
    isLocal: bool
    createdAt: int


class PromptBody(BaseModel):
    messages: list[dict[str, str]]


class Turn(BaseModel):
    """One prompt with its answer; `response` is empty where none came."""

    prompt: PromptBody
    response: str
    promptAt: int
    responseAt: int
    isImageContent: bool = False
    isVideoRawContent: bool = False
    isAudioContent: bool = False


class History(BaseModel):
    title: str
    modelId: str
    isLocal: bool
    messages: list[Turn]


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Chats"])

    @routes.get(
        "/v1/chats",
        response_model=list[ChatItem],
        openapi_extra=needs(Permission.GET_CHAT_HISTORY),
    )
    async def chats() -> list[ChatItem]:
        """All chats."""
        return [
            ChatItem(
                chatId=item.id,
                modelId=item.model_id,
                title=item.title,
                isLocal=item.is_local,
                createdAt=item.created_at,
            )
            for item in await node.chat.chats()
        ]

    @routes.get(
        "/v1/chats/{id}", response_model=History, openapi_extra=needs(Permission.GET_CHAT_HISTORY)
    )
    async def history(id: str) -> History:
        """One chat with its turns."""
        return _history(await node.chat.history(_key(id)))

    @routes.post(
        "/v1/chats/{id}", response_model=Done, openapi_extra=needs(Permission.EDIT_CHAT_HISTORY)
    )
    async def rename(id: str, body: TitleInput) -> Done:
        """Give a chat another title."""
        await node.chat.rename(_key(id), body.title)
        return Done()

    @routes.delete(
        "/v1/chats/{id}", response_model=Done, openapi_extra=needs(Permission.EDIT_CHAT_HISTORY)
    )
    async def delete(id: str) -> Done:
        """Delete a chat."""
        await node.chat.delete(_key(id))
        return Done()

    return routes


def _key(text: str) -> str:
    """Ids that clients chose are 32 bytes in any spelling; those of the window are our own."""
    try:
        return Hash32.parse(text).hex
    except InvalidIdError:
        return text


def _history(found: ChatHistory) -> History:
    return History(
        title=found.chat.title,
        modelId=found.chat.model_id,
        isLocal=found.chat.is_local,
        messages=_turns(found.messages),
    )


def _turns(messages: Sequence[StoredMessage]) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            prompt = PromptBody(messages=[{"role": "user", "content": message.content}])
            turns.append(
                Turn(prompt=prompt, response="", promptAt=message.created_at, responseAt=0)
            )
        elif message.role == "assistant" and turns:
            turns[-1].response = message.content
            turns[-1].responseAt = message.created_at
    return turns
