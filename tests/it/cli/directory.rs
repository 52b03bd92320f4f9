use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};

use tempfile::TempDir;

use super::{HONEY, opened, price_told};
use crate::support::{Program, Running};

#[tokio::test]
async fn a_second_gateway_on_the_same_directory_ends_with_a_clear_line() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let second = Program::on(home.path()).with(&["--listen", "127.0.0.1:0"]).run().complaint(1);
    assert_eq!(
        second,
        format!(
            "error: the store directory {} is in use by another running gateway; stop that one, or \
             give this one a directory of its own\n",
            home.path().display()
        )
    );
    assert!(home.path().join("admin.sock").exists(), "the socket of the first is left alone");
    assert_eq!(gateway.client().await.get("/readyz").await.unwrap().status, 200);
}

#[test]
fn an_address_that_is_taken_is_told_with_what_to_do() {
    let home = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = Program::on(home.path()).with(&["--listen", &address]).run().complaint(1);
    assert_eq!(
        complaint,
        format!(
            "error: cannot listen on {address}: choose another address with --listen or \
             server.listen\n  because: Address already in use (os error 98)\n"
        )
    );
}

#[tokio::test]
async fn a_second_start_finds_everything_again() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    gateway.command(&["catalog", "set-price", HONEY, "901"]).fine();
    gateway.command(&["catalog", "set-stock", HONEY, "7"]).fine();
    let create = ["keys", "create", "--scope", "agent", "--agent", "a", "--json"];
    let token = gateway.command(&create).json()["token"].as_str().unwrap().to_owned();
    let mut client = gateway.client().await.with_token(&token);
    let path = format!("/checkout_sessions/{}", opened(&mut client, "k").await);
    let before = client.get(&path).await.unwrap();
    gateway.stop();

    let gateway = Running::start(home.path());
    let mut client = gateway.client().await.with_token(&token);
    assert_eq!(client.get(&path).await.unwrap().body, before.body);
    assert_eq!(price_told(&mut client, "new").await, 901);
    let repeated = client.post("/checkout_sessions", "k", &super::basket()).await.unwrap();
    assert!(repeated.is_replay(), "also what was answered before");
    let list = gateway.command(&["catalog", "list", "--after", "honey-wildflower-350", "--json"]);
    assert_eq!(list.json()["items"][0]["stock"]["free"], 7);
    let mut operator = gateway.operator().await;
    assert_eq!(operator.get("/status").await.unwrap().json()["items"], 134);
}

#[test]
fn the_admin_socket_is_for_its_owner_and_goes_away_with_the_gateway() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("made");
    let gateway = Running::start(&directory);
    let socket = directory.join("admin.sock");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    assert_eq!((mode(&socket), mode(&directory)), (0o600, 0o700));
    gateway.stop();
    assert!(!socket.exists());

    Running::start(&directory).kill();
    assert!(socket.exists(), "who is killed cannot tidy up");
    let list = Program::on(&directory).with(&["keys", "list"]).run().fine();
    assert!(list.starts_with("No key"), "a stale socket keeps no command from working: {list}");
    let gateway = Running::start(&directory);
    gateway.command(&["keys", "list"]).fine();
}

#[test]
fn a_gateway_that_cannot_be_reached_is_not_gone_around() {
    let home = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let socket = elsewhere.path().join("other.sock");
    let named = |program: Program| program.setting("ADMIN__SOCKET", socket.to_str().unwrap());
    let gateway = Running::start_as(home.path(), named(Program::on(home.path())));
    let complaint = gateway.command(&["keys", "list"]).complaint(1);
    assert!(
        complaint.contains(" is in use, but nobody answers at the admin socket ")
            && complaint.contains("--config"),
        "{complaint}"
    );
    named(Program::on(home.path())).with(&["keys", "list"]).run().fine();
}

#[test]
fn a_directory_without_a_store_is_a_mistake_for_most_commands() {
    let home = TempDir::new().unwrap();
    let nowhere = home.path().join("nowhere");
    for command in [
        &["keys", "list"][..],
        &["keys", "revoke", "k"],
        &["catalog", "list"],
        &["catalog", "set-price", "honey", "1"],
        &["catalog", "set-stock", "honey", "1"],
        &["backup", "copy.redb"],
        &["inspect", "cs_1"],
    ] {
        let complaint = Program::on(&nowhere).with(command).run().complaint(1);
        let said = format!("error: there is no store in {}; ", nowhere.display());
        assert!(complaint.starts_with(&said), "{complaint}");
    }
    assert!(!nowhere.exists(), "and nothing is begun there");
}

#[test]
fn a_store_in_memory_can_only_be_reached_while_it_is_served() {
    let home = TempDir::new().unwrap();
    let memory = |program: Program| program.setting("STORE__KIND", "memory");
    let list = || memory(Program::on(home.path())).with(&["catalog", "list", "--limit", "1"]).run();
    let complaint = list().complaint(1);
    assert!(complaint.starts_with("error: this gateway keeps everything in memory"), "{complaint}");
    let gateway = Running::start_as(home.path(), memory(Program::on(home.path())));
    assert!(list().fine().contains("1 of 134"));
    let complaint = gateway.command(&["backup", "copy.redb"]).complaint(1);
    assert!(complaint.contains("keeps everything in memory only"), "{complaint}");
}

#[test]
fn commands_take_turns_when_no_gateway_runs() {
    let home = TempDir::new().unwrap();
    let create = || {
        let create = ["keys", "create", "--scope", "agent", "--agent", "a", "--json"];
        Program::on(home.path()).with(&create).run().json()
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(create);
        }
    });
    let keys = Program::on(home.path()).with(&["keys", "list", "--json"]).run().json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 4);
}
