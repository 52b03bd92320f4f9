use tempfile::TempDir;

use crate::support::{Ended, Program};

const COMMANDS: [&[&str]; 57] = [
    &[],
    &["serve"],
    &["health"],
    &["config"],
    &["openapi"],
    &["plan"],
    &["keys"],
    &["keys", "create"],
    &["keys", "list"],
    &["keys", "revoke"],
    &["keys", "rotate"],
    &["keys", "signing"],
    &["keys", "signing", "add"],
    &["keys", "signing", "list"],
    &["keys", "signing", "end"],
    &["keys", "signing", "policy"],
    &["tenants"],
    &["tenants", "list"],
    &["tenants", "create"],
    &["tenants", "show"],
    &["tenants", "suspend"],
    &["tenants", "resume"],
    &["tenants", "policy"],
    &["webhooks"],
    &["webhooks", "add"],
    &["webhooks", "list"],
    &["webhooks", "remove"],
    &["webhooks", "test"],
    &["webhooks", "dead"],
    &["webhooks", "replay"],
    &["catalog"],
    &["catalog", "import"],
    &["catalog", "lint"],
    &["catalog", "list"],
    &["catalog", "set-price"],
    &["catalog", "set-stock"],
    &["backup"],
    &["inspect"],
    &["approvals"],
    &["approvals", "list"],
    &["approvals", "approve"],
    &["approvals", "reject"],
    &["mandates"],
    &["mandates", "list"],
    &["mandates", "show"],
    &["mandates", "revoke"],
    &["plans"],
    &["plans", "list"],
    &["plans", "show"],
    &["plans", "cancel"],
    &["stock"],
    &["stock", "doubts"],
    &["stock", "settle"],
    &["audit"],
    &["audit", "list"],
    &["export"],
    &["erase"],
];

fn run(arguments: &[&str]) -> Ended {
    Program::alone().with(arguments).run()
}

#[test]
fn every_command_has_a_help_text_with_an_example() {
    for command in COMMANDS {
        let help = run(&[command, &["--help"]].concat()).fine();
        let name = ["acp-gateway", &command.join(" ")].join(" ");
        assert!(help.contains(&format!("Usage: {}", name.trim())), "{help}");
        assert!(help.contains("Example") && help.contains("\n  acp-gateway "), "{help}");
        assert!(help.contains("--data-dir <DIR>"), "{help}");
        let longest = help.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 110, "{longest} characters in one line of: {help}");
    }
}

#[test]
fn what_is_not_understood_ends_with_two() {
    for arguments in [
        &["frob"][..],
        &["keys", "create"],
        &["keys", "create", "--scope", "agent"],
        &["keys", "create", "--scope", "king", "--agent", "a"],
        &["keys", "create", "--scope", "agent", "--agent", "a", "--expires-at", "soon"],
        &["keys", "rotate"],
        &["keys", "rotate", "k", "--overlap", "soon"],
        &["keys", "signing", "add", "k"],
        &["keys", "signing", "add", "k", "--algorithm", "ed25519"],
        &["keys", "signing", "policy", "k", "perhaps"],
        &["catalog", "set-price", "honey", "12.50"],
        &["catalog", "set-stock", "honey", "many"],
        &["catalog", "import", "shop.csv", "--format", "xml"],
        &["stock", "settle", "cs_1|1|li"],
        &["stock", "settle", "cs_1|1|li", "--taken", "--not-taken"],
        &["backup"],
        &["--frob"],
    ] {
        let complaint = run(arguments).complaint(2);
        assert!(complaint.starts_with("error: "), "{complaint}");
    }
    let half_a_command = run(&["keys"]).complaint(2);
    assert!(half_a_command.contains("Usage: acp-gateway keys "), "{half_a_command}");
    let complaint = run(&["catalog", "set-price", "honey", "12.50"]).complaint(2);
    assert!(complaint.contains("such as 1250 for 12.50 USD"), "{complaint}");
}

#[test]
fn the_version_is_printed() {
    assert_eq!(
        run(&["--version"]).fine(),
        concat!("acp-gateway ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_bad_configuration_is_told_with_keys_and_sources_by_every_command() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("acp-gateway.toml"), "[server]\nlisen = \"x\"\n").unwrap();
    for command in [&["serve"][..], &["config"], &["keys", "list"], &["inspect", "cs_1"]] {
        let program = Program::alone().working_in(home.path());
        let program = program.setting("STORE__KIND", "paper").with(command);
        let complaint = program.with(&["--log-level", ""]).run().complaint(1);
        for said in [
            "error: this configuration cannot be used\n",
            "server.lisen (file acp-gateway.toml, line 2): there is no such key",
            "store.kind (environment variable ACP_GATEWAY__STORE__KIND): ",
            "log.level (flag --log-level): ",
        ] {
            assert!(complaint.contains(said), "{said} is missing in: {complaint}");
        }
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing was begun");
}

#[test]
fn the_configuration_is_printed_with_where_it_came_from_and_loads_again() {
    let home = TempDir::new().unwrap();
    let printed = Program::alone()
        .working_in(home.path())
        .setting("SHOP__NAME", "Lantern Quay")
        .with(&["config", "--data-dir", "elsewhere", "--listen", "127.0.0.1:9"])
        .run()
        .fine();
    for said in [
        "name = \"Lantern Quay\" # environment variable ACP_GATEWAY__SHOP__NAME",
        "data_dir = \"elsewhere\" # flag --data-dir",
        "listen = \"127.0.0.1:9\" # flag --listen",
    ] {
        assert!(printed.contains(said), "{said} is missing in: {printed}");
    }
    std::fs::write(home.path().join("acp-gateway.toml"), &printed).unwrap();
    let again = Program::alone().working_in(home.path()).and("config").run().fine();
    assert!(again.contains("name = \"Lantern Quay\" # file acp-gateway.toml, line "), "{again}");
}

#[test]
fn the_api_is_described_without_any_configuration() {
    let home = TempDir::new().unwrap();
    let broken = || Program::alone().working_in(home.path()).setting("STORE__KIND", "paper");
    let printed = broken().and("openapi").run();
    let document = printed.json();
    assert!(document["paths"]["/checkout_sessions"].is_object());

    let said = broken().with(&["openapi", "--out", "api.json"]).run().fine();
    assert_eq!(said, "The API is described in api.json.\n");
    let written = std::fs::read(home.path().join("api.json")).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).unwrap(), document);
    let complaint = broken().with(&["openapi", "--out", "no/where"]).run().complaint(1);
    assert!(complaint.starts_with("error: no/where cannot be written\n  because: "), "{complaint}");
}
