//! Addresses that are asked for keys, and those that are not.

use crate::source::{Discovery, KeySource, KeyUrl, NoKeyUrl};

#[test]
fn an_address_has_one_way_to_be_written() {
    let written = |text: &str| KeyUrl::read(text).map(|url| url.to_string());
    assert_eq!(written("https://Agent.Example").as_deref(), Ok("https://agent.example"));
    assert_eq!(written("https://agent.example/").as_deref(), Ok("https://agent.example"));
    assert_eq!(written("https://agent.example:443/").as_deref(), Ok("https://agent.example"));
    assert_eq!(
        written("HTTPS://agent.example/K?a=B").as_deref(),
        Ok("https://agent.example/K?a=B")
    );
}

#[test]
fn most_addresses_are_not_asked() {
    for (text, why) in [
        ("", NoKeyUrl::NotAnAddress),
        ("https://agent.example/\u{e4}", NoKeyUrl::NotAnAddress),
        ("https:// agent.example/", NoKeyUrl::NotAnAddress),
        ("agent.example", NoKeyUrl::NotHttps),
        ("/keys", NoKeyUrl::NotHttps),
        ("http://agent.example/", NoKeyUrl::NotHttps),
        ("ftp://agent.example/", NoKeyUrl::NotHttps),
        ("https://me@agent.example/", NoKeyUrl::HasUser),
        ("https://me:pass@agent.example/", NoKeyUrl::HasUser),
        ("https://agent.example:8443/", NoKeyUrl::HasPort),
        ("https://agent.example:/", NoKeyUrl::HasPort),
        ("https://agent.example/#keys", NoKeyUrl::HasFragment),
        ("https://localhost/", NoKeyUrl::NoName),
        ("https://127.0.0.1/", NoKeyUrl::NoName),
        ("https://127.1/", NoKeyUrl::NoName),
        ("https://2130706433/", NoKeyUrl::NoName),
        ("https://0x7f.0x1/", NoKeyUrl::NoName),
        ("https://169.254.169.254/latest", NoKeyUrl::NoName),
        ("https://[::1]/", NoKeyUrl::NoName),
        ("https://[::ffff:10.0.0.1]/", NoKeyUrl::NoName),
        ("https://agent.example./", NoKeyUrl::NoName),
        ("https://.example/", NoKeyUrl::NoName),
        ("https://a..example/", NoKeyUrl::NoName),
    ] {
        assert_eq!(KeyUrl::read(text), Err(why), "{text}");
    }
    let long = format!("https://agent.example/{}", "a".repeat(3_000));
    assert_eq!(KeyUrl::read(&long), Err(NoKeyUrl::NotAnAddress));
}

#[test]
fn a_directory_is_where_all_hosts_have_it() {
    let source = |discovery, text: &str| KeySource::new(discovery, KeyUrl::read(text).unwrap());
    let directory = source(Discovery::Directory, "https://agent.example/").unwrap();
    let fetched = "https://agent.example/.well-known/http-message-signatures-directory";
    assert_eq!(directory.fetched().to_string(), fetched);
    assert_eq!(directory.to_string(), "https://agent.example");
    let refused = source(Discovery::Directory, "https://agent.example/keys");
    assert_eq!(refused, Err(NoKeyUrl::NotAHost));

    let keys = source(Discovery::JwksUri, "https://agent.example/keys").unwrap();
    assert_eq!(keys.fetched().to_string(), "https://agent.example/keys");
    assert_ne!(keys, source(Discovery::Cimd, "https://agent.example/keys").unwrap());
}
