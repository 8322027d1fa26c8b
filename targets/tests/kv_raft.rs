//! Clusters of three real `kv-raft` processes: they serve, crash, and remember.
use harness::{Client, Failure, Op};
use std::time::{Duration, Instant};

#[path = "kv_raft/cluster.rs"]
mod cluster;
#[path = "kv_raft/transactions.rs"]
mod transactions;

use cluster::{Cluster, PATIENCE};

#[tokio::test]
async fn every_node_serves_reads_writes_and_compare_and_sets() {
    let cluster = Cluster::start(&[], &[]).await;
    assert_eq!(cluster.read(0, 4).await, Ok(None));
    for at in 0..3 {
        let value = at as i64 * 10;
        cluster.write(at, 4, value).await.expect("written");
        for reader in 0..3 {
            assert_eq!(cluster.read(reader, 4).await, Ok(Some(value)));
        }
        let cas = |from, to, found| Op::Cas {
            key: 4,
            from,
            to,
            found,
        };
        let mut client = cluster.client(at).await;
        let refused = client.invoke(cas(-1, 0, None)).await;
        assert_eq!(refused, Ok(cas(-1, 0, Some(value))));
        let swapped = client.invoke(cas(value, value + 1, None)).await;
        assert_eq!(swapped, Ok(cas(value, value + 1, Some(value))));
        assert_eq!(cluster.read(at, 4).await, Ok(Some(value + 1)));
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_leader_and_then_all_nodes_are_killed() {
    let mut cluster = Cluster::start(&[], &[]).await;
    for key in 0..20 {
        cluster
            .write(key as usize % 3, key, 7)
            .await
            .expect("written");
    }
    let leader = cluster.leader().await;
    cluster.kill(leader);
    let other = (leader + 1) % 3;
    cluster.wait_ready(other).await;
    assert_ne!(cluster.leader().await, leader);
    cluster.write(other, 20, 7).await.expect("written");
    let term = cluster.status(other).await["term"].as_u64();
    for at in 0..3 {
        cluster.kill(at);
    }
    cluster.start_all().await;
    let term_now = cluster.status(other).await["term"].as_u64();
    assert!(
        term_now > term,
        "a restarted leader has to be elected again"
    );
    for key in 0..=20 {
        assert_eq!(cluster.read(key as usize % 3, key).await, Ok(Some(7)));
    }
}

#[tokio::test]
async fn a_follower_that_missed_what_was_compacted_catches_up_by_snapshot() {
    let mut cluster = Cluster::start(&["--snapshot-every", "20"], &[]).await;
    let leader = cluster.leader().await;
    let follower = (leader + 1) % 3;
    cluster.kill(follower);
    for value in 0..100 {
        cluster
            .write(leader, 4, value)
            .await
            .expect("two of three run");
    }
    let compacted = cluster.status(leader).await["snapshot"].as_u64();
    assert!(compacted.is_some_and(|index| index >= 80), "{compacted:?}");

    cluster.start_node(follower);
    let start = Instant::now();
    while cluster.read_applied(follower).await < 100 {
        assert!(start.elapsed() < PATIENCE, "{}", cluster.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        cluster.logs().contains("snapshot installed"),
        "{}",
        cluster.logs()
    );
    assert_eq!(cluster.read(follower, 4).await, Ok(Some(99)));
}

/// The leader is left alone: what does it still answer?
async fn alone(bugs: &[&str]) -> (Result<Option<i64>, Failure>, Result<(), Failure>) {
    let mut cluster = Cluster::start(&[], bugs).await;
    cluster.write(0, 4, 7).await.expect("written");
    let leader = cluster.leader().await;
    // With early-ack, the answer may have come before the value.
    let start = Instant::now();
    while cluster.read(leader, 4).await != Ok(Some(7)) {
        assert!(start.elapsed() < PATIENCE, "{}", cluster.logs());
    }
    cluster.kill((leader + 1) % 3);
    cluster.kill((leader + 2) % 3);
    (
        cluster.read(leader, 4).await,
        cluster.write(leader, 4, 8).await,
    )
}

#[tokio::test]
async fn without_a_majority_the_clean_build_answers_nothing() {
    let (read, write) = alone(&[]).await;
    assert!(matches!(read, Err(Failure::Definite(_))), "{read:?}");
    assert!(write.is_err(), "{write:?}");
}

#[tokio::test]
async fn without_a_majority_the_bugs_show() {
    for bug in ["stale-reads", "unconfirmed-leader"] {
        let (read, write) = alone(&[bug]).await;
        assert_eq!(read, Ok(Some(7)), "{bug}");
        assert!(write.is_err(), "{bug}: {write:?}");
    }
    let (read, write) = alone(&["early-ack"]).await;
    assert!(read.is_err(), "{read:?}");
    assert_eq!(write, Ok(()));
}
