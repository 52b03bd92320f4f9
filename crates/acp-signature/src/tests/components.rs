//! What the components of a request are worth.

use http::HeaderValue;
use sfv::{Item, Parser};

use super::support::{Message, Signer, check};
use crate::component::Component;
use crate::message::{Origin, Scheme};
use crate::refused::{Refused, Sort};
use crate::signed::Signed;

fn worth(message: &Message, written: &str) -> Result<String, Refused> {
    let item: Item = Parser::new(written).parse().unwrap();
    Component::read(&item)?.value(&message.request())
}

fn is_worth(message: &Message, written: &str, value: &str) {
    assert_eq!(worth(message, written).as_deref(), Ok(value), "{written}");
}

fn has_no_worth(message: &Message, written: &str) {
    let refused = worth(message, written).unwrap_err();
    assert_eq!(refused.sort(), Sort::Malformed, "{written}: {refused}");
}

#[test]
fn a_request_is_taken_apart() {
    let message = Message::new("POST", "WWW.Example.com:443", "/path?param=value");
    is_worth(&message, r#""@method""#, "POST");
    is_worth(&message, r#""@authority""#, "www.example.com");
    is_worth(&message, r#""@scheme""#, "https");
    is_worth(&message, r#""@target-uri""#, "https://www.example.com/path?param=value");
    is_worth(&message, r#""@request-target""#, "/path?param=value");
    is_worth(&message, r#""@path""#, "/path");
    is_worth(&message, r#""@query""#, "?param=value");
}

#[test]
fn what_is_not_there_has_its_own_value() {
    let message = Message::new("GET", "example.com:8443", "/");
    is_worth(&message, r#""@authority""#, "example.com:8443");
    is_worth(&message, r#""@path""#, "/");
    is_worth(&message, r#""@query""#, "?");
}

#[test]
fn the_parameters_of_a_query_are_encoded_anew() {
    let target = "/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something&empty=&odd=%zz~";
    let message = Message::new("GET", "www.example.com", target);
    let value = "this%20is%20a%20big%0Amultiline%20value";
    is_worth(&message, r#""@query-param";name="var""#, value);
    is_worth(&message, r#""@query-param";name="bar""#, "with%20plus%20whitespace");
    is_worth(&message, r#""@query-param";name="fa%C3%A7ade%22%3A%20""#, "something");
    is_worth(&message, r#""@query-param";name="empty""#, "");
    is_worth(&message, r#""@query-param";name="odd""#, "%25zz%7E");
}

#[test]
fn a_parameter_of_a_query_is_there_once_and_is_text() {
    let message = Message::new("GET", "www.example.com", "/?a=1&a=2&b=%FF&c=1");
    for name in ["a", "b", "d"] {
        has_no_worth(&message, &format!(r#""@query-param";name="{name}""#));
    }
    is_worth(&message, r#""@query-param";name="c""#, "1");
}

#[test]
fn the_lines_of_a_field_are_one() {
    let message = Message::new("GET", "www.example.com", "/")
        .with("x-ows-header", "  Leading and trailing whitespace.  ")
        .with("cache-control", "max-age=60")
        .with("x-empty-header", "")
        .with("cache-control", "   must-revalidate");
    is_worth(&message, r#""x-ows-header""#, "Leading and trailing whitespace.");
    is_worth(&message, r#""cache-control""#, "max-age=60, must-revalidate");
    is_worth(&message, r#""x-empty-header""#, "");
    has_no_worth(&message, r#""not-there""#);
}

#[test]
fn the_members_of_a_dictionary_have_values_of_their_own() {
    let message = Message::new("GET", "www.example.com", "/")
        .with("example-dict", "  a=1, b=2;x=1;y=2, c=(a   b    c), d")
        .with("priority", "u=1,i");
    is_worth(&message, r#""example-dict";key="a""#, "1");
    is_worth(&message, r#""example-dict";key="b""#, "2;x=1;y=2");
    is_worth(&message, r#""example-dict";key="c""#, "(a b c)");
    is_worth(&message, r#""example-dict";key="d""#, "?1");
    is_worth(&message, r#""priority";sf"#, "u=1, i");
    has_no_worth(&message, r#""example-dict";key="e""#);
    has_no_worth(&message, r#""example-dict";sf"#);
}

#[test]
fn lines_can_be_covered_as_bytes() {
    let mut message = Message::new("GET", "www.example.com", "/")
        .with("example-header", "value, with, lots")
        .with("example-header", "of, commas");
    let lines = ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:";
    is_worth(&message, r#""example-header";bs"#, lines);

    let bytes = HeaderValue::from_bytes(b"caf\xe9").unwrap();
    message.headers.insert("example-header", bytes);
    is_worth(&message, r#""example-header";bs"#, ":Y2Fm6Q==:");
    has_no_worth(&message, r#""example-header""#);
}

#[test]
fn what_is_no_component_of_a_request_is_refused() {
    let message = Message::new("GET", "www.example.com", "/").with("date", "now");
    for written in [
        r#""@status""#,
        r#""@signature-params""#,
        r#""@unheard-of""#,
        r#""@method";req"#,
        r#""@query-param""#,
        r#""@query-param";name=token"#,
        r#""date";req"#,
        r#""date";tr"#,
        r#""date";sf;key="a""#,
        r#""date";bs=?0"#,
        r#""date";unheard-of"#,
        r#""Date""#,
        r#""da te""#,
        r#""""#,
        "date",
        "1",
    ] {
        has_no_worth(&message, written);
    }
}

#[test]
fn a_component_is_covered_once() {
    let message = Message::new("GET", "example.com", "/")
        .with("signature-input", r#"a=("@method" "date";sf "@method")"#)
        .with("signature", "a=:AAAA:");
    let signed = Signed::all(&message.headers).unwrap();
    assert_eq!(signed[0].covered(), Err(Refused::Twice("@method".to_owned())));
}

#[test]
fn parameters_nobody_knows_are_signed_like_the_others() {
    let signer = Signer::of(1);
    let message = Message::new("GET", "example.com", "/");
    let components = [(r#""@method""#, "GET")];
    let sent = signer.sign(message, "a", &components, ";new=?0;created=1;x=1.5;y=a/b;z=:AQ==:");
    assert!(check(&sent, &signer.key()).is_ok());
    let input = r#"a=("@method");new=?1;created=1;x=1.5;y=a/b;z=:AQ==:"#;
    let refused = check(&sent.but("signature-input", input), &signer.key());
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn labels_and_signatures_belong_together() {
    let all = |input: &str, signature: &str| {
        let message = Message::new("GET", "example.com", "/")
            .with("signature-input", input)
            .with("signature", signature);
        Signed::all(&message.headers).map(|all| all.len()).map_err(|refused| refused.sort())
    };
    assert_eq!(all("a=(), b=()", "b=:AA==:, a=:AA==:"), Ok(2));
    for (input, signature) in [
        ("a=()", "b=:AA==:"),
        ("a=()", "a=:AA==:, b=:AA==:"),
        ("a=(), b=()", "a=:AA==:"),
        ("a=1", "a=:AA==:"),
        ("a=()", "a=\"AA==\""),
        ("a=()", "a=(:AA==:)"),
        ("a=(", "a=:AA==:"),
        (r#"a=();keyId="x""#, "a=:AA==:"),
        ("a=(), b=(), c=(), d=(), e=()", "a=:AA==:, b=:AA==:, c=:AA==:, d=:AA==:, e=:AA==:"),
    ] {
        assert_eq!(all(input, signature), Err(Sort::Malformed), "{input} {signature}");
    }
}

#[test]
fn nothing_is_without_bounds() {
    let refuses = |input: String, what: &str| {
        let message = Message::new("GET", "example.com", "/")
            .with("date", &"d".repeat(20_000))
            .with("signature-input", &input)
            .with("signature", "a=:AA==:");
        let all = Signed::all(&message.headers);
        let base = all.and_then(|all| {
            let signed = all.first().unwrap();
            signed.parameters().and_then(|_parameters| signed.base(&message.request()))
        });
        assert!(matches!(base, Err(Refused::TooMuch { .. })), "{what}: {base:?}");
    };
    let names: Vec<_> = (0..40).map(|n| format!("\"x-{n}\"")).collect();
    let parameters: Vec<_> = (0..20).map(|n| format!(";p{n}")).collect();
    refuses(format!("a=({})", names.join(" ")), "components");
    refuses(format!("a=(){}", parameters.concat()), "parameters");
    refuses(format!("a=();keyid=\"{}\"", "k".repeat(300)), "key id");
    refuses(format!("a=();x=\"{}\"", "k".repeat(9_000)), "field");
    refuses(r#"a=("date" "date";bs)"#.to_owned(), "signed bytes");
}

#[test]
fn a_host_is_a_host() {
    let host = |text: &str| {
        Origin::new(Scheme::Https, text).map(|origin| origin.authority().to_owned()).ok()
    };
    assert_eq!(host("Shop.Example:443").as_deref(), Some("shop.example"));
    assert_eq!(host("shop.example:80").as_deref(), Some("shop.example:80"));
    assert_eq!(host("[::1]:8080").as_deref(), Some("[::1]:8080"));
    for wrong in ["", "a@shop.example", "shop.example:", "shop.example:x", "shop example", "a/b"] {
        assert_eq!(host(wrong), None, "{wrong}");
    }
}
