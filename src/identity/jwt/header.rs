use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What kinds of tokens are taken. Others are signed by the same keys for other purposes, such as
/// ending a session.
const TYPES: [&str; 2] = ["jwt", "at+jwt"];

/// The parts of a token, as they came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) header: &'a str,
    pub(super) claims: &'a str,
    pub(super) signature: &'a str,
    /// What is signed: the first two, with the dot between them.
    pub(super) signed: &'a str,
}

/// How a token is signed. Whatever changes how it is to be read is refused; `jwk`, `jku` and `x5u`
/// are not even looked at, because a token does not say itself whom to believe.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
}

impl<'a> Parts<'a> {
    /// The three parts of a token; `None` for what is none.
    pub(super) fn of(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let is_one = !claims.contains('.')
            && [header, claims, signature].iter().all(|part| !part.is_empty());
        is_one.then_some(Self { header, claims, signature, signed })
    }
}

impl Header {
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let header: Self = decoded(text)
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or("its header cannot be read")?;
        if header.crit.is_some() || header.b64.is_some() {
            return Err("it demands extensions that are not known here");
        }
        let kind = header.typ.as_deref().map(str::to_ascii_lowercase);
        let kind = kind.as_deref().map(|kind| kind.strip_prefix("application/").unwrap_or(kind));
        if kind.is_some_and(|kind| !TYPES.contains(&kind)) {
            return Err("it is a token for something else: its typ is neither JWT nor at+jwt");
        }
        Ok(header)
    }
}

/// There is one way to write bytes, so that no other text is the same token.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
