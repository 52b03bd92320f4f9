#![allow(clippy::all, clippy::pedantic, clippy::disallowed_methods)]
#[path = "../tests/it/shop.rs"]
mod shop;
use acp_language::*;
fn main() {
    let mut a = std::env::args().skip(1);
    let s = shop::store(std::path::Path::new(&a.next().unwrap()));
    let mut c = Context::default();
    c.orders.push("q1".into());
    for t in a {
        let u = parse(&t, &s.index, &s.shop, &c);
        println!(
            "> {t}\n  {:?}\n  issues {:?}\n  q {:?} cov {}",
            u.draft.operations(),
            u.issues.iter().map(|i| (i.kind.name(), &i.message)).collect::<Vec<_>>(),
            u.questions.iter().map(|q| &q.candidates).collect::<Vec<_>>(),
            u.coverage
        );
        c = u.context;
    }
}
