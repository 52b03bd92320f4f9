use acp_mocks::catalog::read_rows;
use serde_json::Value;

const DEMO: [&str; 3] = [
    include_str!("../../../src/adapters/catalog/demo/usd.jsonl"),
    include_str!("../../../src/adapters/catalog/demo/jpy.jsonl"),
    include_str!("../../../src/adapters/catalog/demo/kwd.jsonl"),
];

/// What the demo shops sell, as `openapi/backends.yaml` has an item.
pub(crate) fn demo_goods() -> Vec<Value> {
    DEMO.into_iter().flat_map(|rows| read_rows(rows).unwrap()).collect()
}
