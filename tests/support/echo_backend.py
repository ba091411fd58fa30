"""A model server for load: repeats the words of a prompt with a number, chunk by chunk.

Runs as a process of its own: `python -m tests.support.echo_backend CHUNKS RATE` prints its port.
Each stream has CHUNKS chunks, RATE of them in a second.
"""

import asyncio
import json
import sys

_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def words(prompt: str, chunks: int) -> list[str]:
    """What a whole answer to `prompt` consists of."""
    return [f"{prompt}.{number} " for number in range(chunks)]


class EchoBackend:
    def __init__(self, chunks: int, rate: float) -> None:
        self._chunks = chunks
        self._rate = rate

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            request = json.loads(await reader.readexactly(length))
            await self._answer(request["messages"][-1]["content"], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, prompt: str, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        writer.write(_STREAM)
        began = loop.time()
        for number, word in enumerate(words(prompt, self._chunks)):
            writer.write(_event({"content": word}, None))
            await writer.drain()
            await asyncio.sleep(began + (number + 1) / self._rate - loop.time())
        writer.write(_event({}, "stop") + b"data: [DONE]\n\n")
        await writer.drain()


def _event(delta: dict[str, str], finish: str | None) -> bytes:
    chunk = {
        "id": "chatcmpl-echo",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "echo",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


async def main(chunks: int, rate: float) -> None:
    server = await asyncio.start_server(
        EchoBackend(chunks, rate).serve, "127.0.0.1", 0, backlog=1024
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    # The parent's death closes our standard input; nobody has to stop us.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
