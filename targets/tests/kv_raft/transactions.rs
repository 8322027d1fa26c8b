//! Transactions on three real nodes: they are whole, they survive, and the planted bugs break them.
use super::cluster::{Cluster, PATIENCE};
use harness::{Call, Client, Data, Failure, Op, Verb};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

impl Cluster {
    /// What node `at` answers to a call.
    async fn call(&self, at: usize, f: Verb, input: Json) -> Result<Json, Failure> {
        let input: Data = serde_json::from_value(input).expect("plain data");
        let call = Call::new(f, 0, input);
        match self.client(at).await.invoke(call.into()).await? {
            Op::Call(call) => Ok(serde_json::to_value(call.output).expect("plain data")),
            op => panic!("a call was answered with {op}"),
        }
    }

    async fn txn(&self, at: usize, steps: Json) -> Result<Json, Failure> {
        self.call(at, Verb::Txn, steps).await
    }

    /// The status and body that node `at` answers to this body.
    async fn post(&self, at: usize, body: String) -> (u16, Json) {
        let url = format!("http://{}/txn", self.nodes[at].addr());
        let request = reqwest::Client::new().post(url).body(body);
        let request = request.header("content-type", "application/json");
        let response = request.send().await.expect("it runs");
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("it runs");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }
}

#[tokio::test]
async fn every_node_serves_transactions() {
    let cluster = Cluster::start(&[], &[]).await;
    for at in 0..3 {
        let element = at + 1;
        let list: Vec<usize> = (1..=element).collect();
        let steps = json!([["append", 3, element], ["r", 3, null], ["w", 4, at]]);
        let answer = cluster.txn(at, steps).await;
        let done = json!([["append", 3, element], ["r", 3, list], ["w", 4, at]]);
        assert_eq!(answer, Ok(done));
        for reader in 0..3 {
            let read = cluster
                .txn(reader, json!([["r", 3, null], ["r", 4, null]]))
                .await;
            assert_eq!(read, Ok(json!([["r", 3, list], ["r", 4, at]])));
        }
        assert_eq!(cluster.read(at, 4).await, Ok(Some(at as i64)));
    }
}

#[tokio::test]
async fn what_a_transaction_cannot_do_is_refused_for_certain_and_has_no_effect() {
    let cluster = Cluster::start(&[], &[]).await;
    cluster
        .txn(0, json!([["append", 3, 1], ["w", 4, 2]]))
        .await
        .expect("done");
    for at in 0..3 {
        for (steps, reason) in [
            (json!([["w", 9, 1], ["append", 4, 1]]), "holds a number"),
            (json!([["w", 9, 1], ["add", 3, 1]]), "holds a list"),
        ] {
            match cluster.txn(at, steps).await {
                Err(Failure::Definite(why)) => assert!(why.contains(reason), "{why}"),
                answer => panic!("{answer:?}"),
            }
        }
        assert_eq!(
            cluster.txn(at, json!([["r", 9, null]])).await,
            Ok(json!([["r", 9, null]]))
        );
        let read = cluster.read(at, 3).await;
        assert!(matches!(read, Err(Failure::Definite(_))), "{read:?}");
        let (status, answer) = cluster
            .post(at, json!({ "steps": [["r", 3, 7]] }).to_string())
            .await;
        assert_eq!(
            (status, &answer["definite"]),
            (400, &json!(true)),
            "{answer}"
        );
        let (status, answer) = cluster.post(at, " ".repeat(100_000)).await;
        assert_eq!(
            (status, &answer["definite"]),
            (400, &json!(true)),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_bank_keeps_its_total_among_many_transfers() {
    let cluster = Cluster::start(&[], &[]).await;
    let opened = json!([[0, 10], [1, 10], [2, 10]]);
    assert_eq!(cluster.call(0, Verb::Write, opened).await, Ok(json!(null)));
    let ask = async |at: usize| {
        let (mut done, mut refused) = (0, 0);
        for turn in 0..15 {
            let (from, to) = ((at + turn) % 3, (at + turn + 1) % 3);
            match cluster.call(at, Verb::Transfer, json!([from, to, 4])).await {
                Ok(_) => done += 1,
                Err(Failure::Definite(_)) => refused += 1,
                Err(Failure::Unknown(why)) => panic!("{why}"),
            }
            let read = cluster.call(at, Verb::Read, json!([0, 1, 2])).await;
            let read = read.expect("a majority runs");
            let balances = (0..3).map(|of| read[of][1].as_i64().expect("a balance"));
            assert!(balances.clone().all(|balance| 0 <= balance), "{read}");
            assert_eq!(balances.sum::<i64>(), 30, "{read}");
        }
        (done, refused)
    };
    let counts = futures_util::future::join_all((0..3).map(ask)).await;
    assert!(counts.iter().all(|(done, _)| 0 < *done), "{counts:?}");
    let too_much = cluster.call(0, Verb::Transfer, json!([0, 1, 100])).await;
    match too_much {
        Err(Failure::Definite(why)) => assert!(why.contains("floor of 0"), "{why}"),
        answer => panic!("{answer:?}"),
    }
}

/// Many append to one list at once, each through a node; who is answered has its element there.
async fn contended_appends(cluster: &Cluster) -> (Vec<u64>, Vec<u64>) {
    let append = async |number: u64| {
        let steps = json!([["append", 1, number]]);
        let done = cluster.txn(number as usize % 3, steps).await;
        done.is_ok().then_some(number)
    };
    let done = futures_util::future::join_all((0..30).map(append)).await;
    let read = cluster
        .txn(0, json!([["r", 1, null]]))
        .await
        .expect("it runs");
    let list = serde_json::from_value(read[0][2].clone()).expect("a list");
    (done.into_iter().flatten().collect(), list)
}

#[tokio::test]
async fn no_append_is_lost_or_doubled_under_contention() {
    let cluster = Cluster::start(&[], &[]).await;
    let (done, mut list) = contended_appends(&cluster).await;
    list.sort_unstable();
    assert_eq!(done, list);
    assert!(10 <= list.len(), "only {} of 30 came through", list.len());
}

#[tokio::test]
async fn with_lost_update_appends_get_lost() {
    let cluster = Cluster::start(&[], &["lost-update"]).await;
    let (done, list) = contended_appends(&cluster).await;
    assert_eq!(done.len(), 30, "nobody is told");
    assert!(list.len() < 30, "{list:?}");
}

#[tokio::test]
async fn lists_and_versions_outlive_compaction_and_a_crash_of_all_nodes() {
    let mut cluster = Cluster::start(&["--snapshot-every", "20"], &[]).await;
    let behind = (cluster.leader().await + 1) % 3;
    cluster.kill(behind);
    let through = (behind + 1) % 3;
    for element in 0..60 {
        let steps = json!([["append", 1, element], ["add", 2, 1]]);
        cluster.txn(through, steps).await.expect("two of three run");
    }
    for at in 0..3 {
        cluster.kill(at);
    }
    cluster.start_all().await;
    let list: Vec<u64> = (0..=60).collect();
    let start = Instant::now();
    let steps = json!([["append", 1, 60], ["r", 1, null], ["r", 2, null]]);
    let done = cluster.txn(behind, steps).await;
    assert_eq!(
        done,
        Ok(json!([["append", 1, 60], ["r", 1, list], ["r", 2, 60]]))
    );
    while !cluster.logs().contains("snapshot installed") {
        assert!(start.elapsed() < PATIENCE, "{}", cluster.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a leader that is left alone still answers to a transaction that reads, and to one that writes.
async fn alone(bugs: &[&str]) -> (Result<Json, Failure>, Result<Json, Failure>) {
    let mut cluster = Cluster::start(&[], bugs).await;
    cluster
        .txn(0, json!([["append", 1, 7]]))
        .await
        .expect("done");
    let leader = cluster.leader().await;
    cluster.kill((leader + 1) % 3);
    cluster.kill((leader + 2) % 3);
    let read = cluster.txn(leader, json!([["r", 1, null]])).await;
    let append = cluster
        .txn(leader, json!([["append", 1, 8], ["r", 1, null]]))
        .await;
    (read, append)
}

#[tokio::test]
async fn without_a_majority_only_stale_snapshots_answer() {
    let (read, append) = alone(&[]).await;
    assert!(matches!(read, Err(Failure::Definite(_))), "{read:?}");
    assert!(append.is_err(), "{append:?}");
    let (read, append) = alone(&["stale-snapshot"]).await;
    assert_eq!(read, Ok(json!([["r", 1, [7]]])));
    assert!(append.is_err(), "{append:?}");
}
