"""What a manifest says and what was found wrong with it, in words."""

from __future__ import annotations

REASONS = {
    "assertion.bmffHash.mismatch": "The film was changed after it was signed.",
    "assertion.dataHash.mismatch": "The picture was changed after it was signed.",
    "assertion.boxesHash.mismatch": "The picture was changed after it was signed.",
    "assertion.hashedURI.mismatch": "What the credentials say was changed after they were signed.",
    "assertion.missing": "Something that the credentials name has been taken out of them.",
    "assertion.undeclared": "Something was put into the credentials that was never signed.",
    "claim.missing": "The credentials have no claim.",
    "claim.multiple": "The credentials have more than one claim.",
    "claim.malformed": "The credentials cannot be read.",
    "claim.cbor.invalid": "The credentials cannot be read.",
    "claim.hardBindings.missing": "The credentials are not bound to this file.",
    "claimSignature.missing": "The credentials are not signed.",
    "claimSignature.mismatch": "The signature does not belong to what the credentials say.",
    "claimSignature.outsideValidity": "The certificate was not valid when the file was signed.",
    "signingCredential.untrusted": "Nobody whom this computer trusts vouches for the signer.",
    "signingCredential.invalid": "The signer's certificate is not fit for signing media.",
    "signingCredential.expired": "The signer's certificate has expired, and no time stamp says that it was valid when it was used.",
    "signingCredential.revoked": "The signer's certificate was revoked.",
    "timeStamp.mismatch": "The time stamp belongs to something else.",
    "timeStamp.untrusted": "Nobody whom this computer trusts vouches for the time stamp.",
    "timeStamp.malformed": "The time stamp cannot be read.",
    "ingredient.manifest.mismatch": "The credentials of a file that went into this one were changed.",
    "ingredient.manifest.missing": "The credentials of a file that went into this one are missing.",
    "ingredient.claimSignature.mismatch": "The signature of a file that went into this one does not belong to it.",
    "vitascope.unreadable": "The credentials of the file cannot be read.",
}
MOST = 200  # actions or ingredients that are listed


def reason_of(code: str) -> str:
    """One sentence about a C2PA status code."""
    return REASONS.get(code, f"A check of the credentials failed ({code}).")


def summary(store: dict) -> dict:
    """The fields of a ManifestState that come from the active manifest, out of the library's report; hostile shapes give empty ones."""
    manifests = _dict(store.get("manifests"))
    label = str(store.get("active_manifest") or "")
    active = _dict(manifests.get(label))
    claims: dict = {}
    for one in _dicts(active.get("assertions")):
        claims.setdefault(str(one.get("label", "")), one.get("data"))
    info = next(iter(_dicts(active.get("claim_generator_info"))), {})
    made = _dict(next((data for name, data in claims.items() if name.startswith("c2pa.actions")), None))
    bound = _dict(claims.get("c2pa.soft-binding"))
    block = next(iter(_dicts(bound.get("blocks"))), {})
    signed = _dict(active.get("signature_info"))
    who = dict(name=signed.get("common_name"), issuer=signed.get("issuer"), serial=signed.get("cert_serial_number"),
               algorithm=signed.get("alg"), time=signed.get("time"))  # fmt: skip
    return dict(
        title=str(active.get("title") or ""), manifest=label, manifests=len(manifests),
        generator=" ".join(str(info[k]) for k in ("name", "version") if info.get(k)) or str(active.get("claim_generator") or ""),
        actions=tuple(_dicts(made.get("actions")))[:MOST], ingredients=tuple(_dicts(active.get("ingredients")))[:MOST], claims=claims,
        generation=_dict(claims.get("org.vitascope.generation")), signer={k: str(v) for k, v in who.items() if v},
        soft_binding=dict(alg=str(bound.get("alg", "")), value=str(block.get("value", ""))) if bound else {},
    )  # fmt: skip


def _dict(value) -> dict:
    return value if isinstance(value, dict) else {}


def _dicts(value) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
