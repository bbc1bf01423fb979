"""A certificate authority and an RFC 3161 time stamp authority of the tests' own, on this machine."""

import contextlib
import datetime as dt
import http.server
import subprocess
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = dt.timedelta(days=1)
CONFIG = """
[tsa]
default_tsa = mine
[mine]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Film House")])


def issue(subject, key, issuer=None, issuer_key=None, purpose=ExtendedKeyUsageOID.EMAIL_PROTECTION, start=-DAY, days=30, ca=False):
    """A certificate for `key`, by `issuer` or by itself."""
    now = dt.datetime.now(dt.UTC)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder().subject_name(name(subject)).issuer_name(issuer.subject if issuer else name(subject))
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + start).not_valid_after(now + start + days * DAY)
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(x509.KeyUsage(**usage | dict(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca)), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer_key or key).public_key()), False)
    )  # fmt: skip
    if purpose and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(issuer_key or key, hashes.SHA256() if not isinstance(issuer_key or key, str) else None)


def pem(*certificates):
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates).decode()


def pem_key(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


class House:
    """A root, and leaves from it on demand."""

    def __init__(self):
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = issue("Film House root", self.root_key, ca=True)

    def leaf(self, folder, key=None, stem="leaf", **how):
        """(chain.pem, key.pem) in `folder`."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        made = issue("Film House", key, self.root, self.root_key, **how)
        chain, secret = folder / f"{stem}.pem", folder / f"{stem}.key"
        chain.write_text(pem(made, self.root))
        secret.write_text(pem_key(key))
        return chain, secret


@contextlib.contextmanager
def serving(answer):
    """A server on this machine whose POSTs and GETs `answer(body)` answers; gives its address, and the bodies that came."""
    came = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            came.append(body)
            said = answer(body)
            self.send_response(200 if said else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs=dict(poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stamping(folder):
    """What answers RFC 3161 requests, by openssl, with a certificate of its own."""
    house = House()
    chain, key = house.leaf(folder, stem="tsa", purpose=ExtendedKeyUsageOID.TIME_STAMPING)
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")

    def answer(body):
        (folder / "request.tsq").write_bytes(body)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "mine", "-queryfile", "request.tsq", "-signer", chain.name,
                   "-inkey", key.name, "-chain", chain.name, "-out", "reply.tsr"]  # fmt: skip
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (folder / "reply.tsr").read_bytes()

    return answer
