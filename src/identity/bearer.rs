/// Why a caller is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// There is no `Authorization` header.
    #[error("send an Authorization header with a bearer key")]
    Missing,
    /// The header is not a bearer token.
    #[error("the Authorization header is not of the form: Bearer <key>")]
    Malformed,
    /// The key opens nothing: unknown, revoked or expired.
    #[error("this key is not accepted")]
    Refused,
    /// It is a token by which nobody is vouched for.
    #[error("this token is not accepted: {0}")]
    Token(&'static str),
}

/// The token in an `Authorization` header.
///
/// # Errors
/// Refuses what is not a bearer token.
pub fn bearer_token(header: Option<&[u8]>) -> Result<&str, Unproven> {
    let header = header.ok_or(Unproven::Missing)?;
    let text = std::str::from_utf8(header).ok().ok_or(Unproven::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(Unproven::Malformed)?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if scheme.eq_ignore_ascii_case("bearer") && is_token {
        Ok(token)
    } else {
        Err(Unproven::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_one() {
        assert_eq!(bearer_token(Some(b"Bearer abc")), Ok("abc"));
        assert_eq!(bearer_token(Some(b"bearer  abc ")), Ok("abc"));
        assert_eq!(bearer_token(None), Err(Unproven::Missing));
        for header in ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer\u{a0}x"] {
            let token = bearer_token(Some(header.as_bytes()));
            assert_eq!(token, Err(Unproven::Malformed), "{header:?}");
        }
    }
}
