"""A first request that a door sends to itself before it opens: whatever loads with the first one is loaded then."""

import json
import time

import httpx
from fastapi import FastAPI
from slack_sdk.signature import SignatureVerifier


async def rehearse(api: FastAPI, secret: str) -> bool:
    """Answer Slack's challenge once, without a network; whether it was answered."""
    raw = json.dumps({"type": "url_verification", "token": "rehearsal", "challenge": "rehearsal"})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=raw) or ""
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }
    inside = httpx.ASGITransport(app=api)
    async with httpx.AsyncClient(transport=inside, base_url="http://127.0.0.1") as client:
        answer = await client.post("/slack/events", content=raw, headers=headers)
    return answer.status_code == 200 and "rehearsal" in answer.text
