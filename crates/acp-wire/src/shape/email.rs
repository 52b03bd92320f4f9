//! E-mail addresses: what the schemas of the protocol call one, which is what mail servers that
//! know nothing newer take. Whether mail arrives is another matter.

use acp_core::refusal::Fault;

use crate::scalar::Text;

use super::told_fault;

/// What stands in an address before its `@`, at most.
const LOCAL_LEN_MAX: usize = 64;

/// What stands after it, at most.
const DOMAIN_LEN_MAX: usize = 253;

/// One name of a domain, at most.
const LABEL_LEN_MAX: usize = 63;

/// Refuses what is no e-mail address. A session is told with the address it was given, and its
/// schema takes nothing else.
pub(crate) fn email(email: Text<'_>, at: &str) -> Result<Box<str>, Fault> {
    if is_email(&email.0) {
        Ok(email.boxed())
    } else {
        Err(told_fault(format!("{at}.email"), "This is not an e-mail address."))
    }
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| is_local(local) && is_domain(domain))
}

/// Words of letters, digits and what else may stand there, with single dots between them.
fn is_local(local: &str) -> bool {
    let may_stand = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&it);
    local.len() <= LOCAL_LEN_MAX
        && local.split('.').all(|word| !word.is_empty() && word.bytes().all(may_stand))
}

fn is_domain(domain: &str) -> bool {
    domain.len() <= DOMAIN_LEN_MAX && domain.split('.').all(is_label)
}

/// A name of a domain. `--` in its third and fourth place is kept for names that are written in
/// other letters, of which `xn--` is the only kind there is.
fn is_label(label: &str) -> bool {
    let is_reserved = label.get(2..4) == Some("--") && !label.starts_with("xn--");
    (1..=LABEL_LEN_MAX).contains(&label.len())
        && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
        && !is_reserved
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_that_mail_servers_take_are_taken() {
        for text in [
            "ada@example.com",
            "ada.byron+shop@mail.example.co.uk",
            "o'neill_!#$%&*/=?^`{|}~-@example.com",
            "1@2.example",
            "ada@localhost",
            "ada@xn--bcher-kva.example",
        ] {
            assert!(is_email(text), "{text}");
        }
        assert!(is_email(&format!("{}@example.com", "a".repeat(64))));
    }

    #[test]
    fn what_no_schema_calls_an_address_is_refused() {
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@exa mple.com",
            "ada@@example.com",
            "a@b@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada@example..com",
            "ada@example.com.",
            "ada@-example.com",
            "ada@example-.com",
            "ada@ab--cd.example",
            "ada@exa_mple.com",
            "ada@bücher.example",
            "ädä@example.com",
            "&\u{1f574}5C@EZ\u{10_5d9}",
            "ada\u{0}@example.com",
            "ada\n@example.com",
            "\"ada byron\"@example.com",
            "Ada <ada@example.com>",
            "ada@[127.0.0.1]",
        ] {
            assert!(!is_email(text), "{text:?}");
        }
        assert!(!is_email(&format!("{}@example.com", "a".repeat(65))));
        assert!(!is_email(&format!("ada@{}.example", "a".repeat(64))));
        assert!(!is_email(&format!("ada@{}example", "a.".repeat(124))));
    }
}
