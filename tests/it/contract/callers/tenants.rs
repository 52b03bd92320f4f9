//! Rules of tenants, and of what each of them sells.

use std::sync::Arc;

use acp_core::ids::{Partition, TenantId};
use acp_core::limits::TENANTS_MAX;
use acp_core::ports::{Assortment as _, Catalog as _, Enrolled, Tenants};
use acp_core::tenant::{ProofNeeded, ProofPolicy, Tenant};
use acp_gateway::store::record::{StoreCatalog, StoreCatalogs, StoreTenants};
use acp_gateway::store::{Commit, Key, Outcome, Put, Store as _};
use bytes::Bytes;
use futures_util::future::join_all;

use crate::contract::catalog::item;
use crate::contract::record_rig::{RecordRig, item_id, tenant};

fn tenants(rig: &RecordRig) -> StoreTenants {
    StoreTenants::new(rig.records.clone())
}

fn named(rig: &RecordRig, id: &str) -> Tenant {
    Tenant::new(TenantId::new(id), format!("The {id}"), rig.now())
}

pub(in crate::contract) async fn a_store_is_that_of_whoever_began_with_it(rig: &RecordRig) {
    let tenants = tenants(rig);
    assert_eq!(tenants.all().await.unwrap(), []);
    let (first, second) = (named(rig, "first"), named(rig, "second"));
    for later in [&first, &second, &first] {
        let all = tenants.begin_with(later).await.unwrap();
        assert_eq!(all.as_slice(), std::slice::from_ref(&first));
    }
    assert_eq!(tenants.enroll(&second).await.unwrap(), Enrolled::Done);
    assert_eq!(tenants.begin_with(&second).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(tenants.all().await.unwrap(), [first, second], "in the order they came");
}

pub(in crate::contract) async fn of_many_who_begin_with_a_store_one_does(rig: &RecordRig) {
    let all = (0..8).map(|number| {
        let (tenants, tenant) = (tenants(rig), named(rig, &number.to_string()));
        async move { tenants.begin_with(&tenant).await.unwrap() }
    });
    let seen = join_all(all).await;
    assert_eq!(seen[0].len(), 1);
    assert!(seen.iter().all(|all| *all == seen[0]), "{seen:?}");
}

pub(in crate::contract) async fn a_tenant_is_enrolled_once_and_there_are_so_many_at_most(
    rig: &RecordRig,
) {
    let tenants = tenants(rig);
    let kept = Tenant {
        policy: ProofPolicy { complete: ProofNeeded::Signed, ..ProofPolicy::default() },
        suspended_at: Some(rig.now()),
        ..named(rig, "kept")
    };
    assert_eq!(tenants.enroll(&kept).await.unwrap(), Enrolled::Done);
    assert_eq!(tenants.enroll(&named(rig, "kept")).await.unwrap(), Enrolled::Known);
    assert_eq!(tenants.all().await.unwrap(), [kept], "as it was enrolled");
    for number in 1..TENANTS_MAX {
        let enrolled = tenants.enroll(&named(rig, &number.to_string())).await.unwrap();
        assert_eq!(enrolled, Enrolled::Done);
    }
    assert_eq!(tenants.enroll(&named(rig, "one too many")).await.unwrap(), Enrolled::TooMany);
    assert_eq!(tenants.enroll(&named(rig, "kept")).await.unwrap(), Enrolled::Known);
    assert_eq!(tenants.all().await.unwrap().len(), TENANTS_MAX);
}

pub(in crate::contract) async fn changes_of_tenants_meet_and_none_is_lost(rig: &RecordRig) {
    let tenants = tenants(rig);
    let (one, other) = (named(rig, "one"), named(rig, "other"));
    tenants.begin_with(&one).await.unwrap();
    tenants.enroll(&other).await.unwrap();
    let now = rig.now();
    let (mut suspend, mut demand, mut rename) = (
        |tenant: &mut Tenant| tenant.suspended_at = Some(now),
        |tenant: &mut Tenant| tenant.policy.read = ProofNeeded::Signed,
        |tenant: &mut Tenant| tenant.name = "Renamed".into(),
    );
    let (first, second, third) = tokio::join!(
        tenants.change(&one.id, &mut suspend),
        tenants.change(&one.id, &mut demand),
        tenants.change(&other.id, &mut rename),
    );
    assert!(first.unwrap().is_some() && second.unwrap().is_some() && third.unwrap().is_some());
    let all = tenants.all().await.unwrap();
    assert_eq!((all[0].suspended_at, all[0].policy.read), (Some(now), ProofNeeded::Signed));
    assert_eq!((&*all[1].name, all[1].suspended_at), ("Renamed", None));
    let nobody = TenantId::new("nobody");
    assert_eq!(tenants.change(&nobody, &mut suspend).await.unwrap(), None);
}

async fn catalogs(rig: &RecordRig) -> StoreCatalogs {
    let shop = StoreCatalog::load(rig.records.clone(), tenant()).await.unwrap();
    StoreCatalogs::beside(Arc::new(shop))
}

pub(in crate::contract) async fn each_tenant_has_a_catalogue_of_its_own(rig: &RecordRig) {
    let (catalogs, other) = (catalogs(rig).await, TenantId::new("other"));
    catalogs.of(&tenant()).await.unwrap().put(vec![item("milk")]).await.unwrap();
    catalogs.of(&other).await.unwrap().put(vec![item("honey")]).await.unwrap();
    let (milk, honey) = (item_id("milk"), item_id("honey"));
    for (tenant, expected) in [(tenant(), [true, false]), (other, [false, true])] {
        let found = catalogs.find(&tenant, &[&milk, &honey]).await.unwrap();
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), expected, "{tenant}");
        assert_eq!(catalogs.list(&tenant, None, 9).await.unwrap().len(), 1);
        let looked_up = [&milk, &honey].map(|id| catalogs.item(&tenant, id));
        let there = join_all(looked_up).await.into_iter().map(|item| item.unwrap().is_some());
        assert_eq!(there.collect::<Vec<_>>(), expected, "{tenant}");
    }
    assert_eq!(catalogs.list(&TenantId::new("third"), None, 9).await.unwrap(), []);
}

pub(in crate::contract) async fn what_others_write_into_any_catalogue_is_found(rig: &RecordRig) {
    let (mine, theirs, other) = (catalogs(rig).await, catalogs(rig).await, TenantId::new("other"));
    assert_eq!(mine.list(&other, None, 9).await.unwrap(), []);
    for (tenant, id) in [(tenant(), "milk"), (other.clone(), "honey")] {
        theirs.of(&tenant).await.unwrap().put(vec![item(id)]).await.unwrap();
    }
    mine.refresh().await.unwrap();
    for (tenant, id) in [(tenant(), "milk"), (other, "honey")] {
        assert!(mine.item(&tenant, &item_id(id)).await.unwrap().is_some(), "{tenant}");
    }
}

/// Spoils an item of a tenant who has some, as no gateway would write it.
async fn spoil(rig: &RecordRig, tenant: &TenantId) {
    let prefix = format!("c/{tenant}/");
    for number in 0..4_096 {
        let partition = Partition::new(number).unwrap();
        let Some(item) = rig.store.names(partition, &prefix).await.unwrap().pop() else {
            continue;
        };
        let junk = |key: Key, is_listed| {
            let value = Bytes::from_static(b"?");
            Put { key, value, fence: None, expires_at: None, is_listed }
        };
        let mut commit = Commit::new(rig.entropy.random128(), partition);
        commit.puts = vec![junk(item, true), junk(format!("cm/{tenant}").into(), false)];
        assert!(matches!(rig.store.commit(commit).await.unwrap(), Outcome::Applied(_)));
        return;
    }
    panic!("{tenant} has nothing that could be spoilt");
}

pub(in crate::contract) async fn a_spoilt_catalogue_keeps_nobody_elses_from_being_read(
    rig: &RecordRig,
) {
    let (mine, theirs) = (catalogs(rig).await, catalogs(rig).await);
    let others = ["one", "two", "three"].map(TenantId::new);
    for tenant in [&tenant()].into_iter().chain(&others) {
        theirs.of(tenant).await.unwrap().put(vec![item("milk")]).await.unwrap();
        mine.of(tenant).await.unwrap().refresh().await.unwrap();
    }
    spoil(rig, &tenant()).await;
    spoil(rig, &others[0]).await;
    for tenant in &others[1..] {
        theirs.of(tenant).await.unwrap().put(vec![item("honey")]).await.unwrap();
    }
    assert!(mine.refresh().await.is_err());
    for tenant in &others[1..] {
        assert!(mine.item(tenant, &item_id("honey")).await.unwrap().is_some(), "{tenant}");
    }
    assert!(mine.item(&tenant(), &item_id("milk")).await.unwrap().is_some(), "as it was known");
}
