"""PEM files: tried before anything is connected, with a sentence for each that cannot be used."""

from pathlib import Path

import pytest
import trustme

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.trust import trust_of


@pytest.fixture
def pem(tmp_path: Path) -> dict[str, str]:
    authority = trustme.CA()
    one, other = authority.issue_cert("one.example"), authority.issue_cert("other.example")
    files = {
        "ca": authority.cert_pem.bytes(),
        "chain": one.cert_chain_pems[0].bytes(),
        "key": one.private_key_pem.bytes(),
        "both": one.private_key_and_cert_chain_pem.bytes(),
        "other-key": other.private_key_pem.bytes(),
        "junk": b"junk\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in (*files, "none")} | {"": ""}


@pytest.mark.parametrize(
    ("certificate", "key"), [("chain", "key"), ("both", ""), ("", "")]
)  # fmt: skip
def test_files_that_work_are_taken(pem: dict[str, str], certificate: str, key: str) -> None:
    trust = trust_of(pem["ca"], pem[certificate] or None, pem[key] or None, verified=True)
    assert (trust.ca, trust.certificate or "") == (pem["ca"], pem[certificate])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("none", "", ""), "ca .*none' cannot be read: No such file"),
        (("junk", "", ""), "ca .*junk' holds no certificate; a PEM file"),
        (("", "junk", ""), "cert .*junk' cannot be used"),
        (("", "chain", ""), "cert .*chain' cannot be used: one of them is missing; accepted are"),
        (("", "chain", "other-key"), "other-key' cannot be used: the key is of another"),
        (("", "", "key"), "key .*key' needs cert"),
        (("", "chain", "none"), "key .*none' cannot be read"),
    ],
)
def test_files_that_do_not_are_named(
    pem: dict[str, str], names: tuple[str, str, str], words: str
) -> None:
    ca, certificate, key = (pem[name] or None for name in names)
    with pytest.raises(ConfigError, match=words):
        trust_of(ca, certificate, key, verified=True)
