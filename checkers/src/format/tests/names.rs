//! Keys that have names: read, told apart from numbers, and kept through every format.
use super::shown;
use crate::format::{Recording, columnar, jsonl};

fn write(process: u32, key: &str, value: i64) -> String {
    let line = |kind| {
        format!(
            "{{\"time\":1,\"process\":{process},\"type\":\"{kind}\",\"f\":\"write\"{key},\"value\":{value}}}\n"
        )
    };
    line("invoke") + &line("ok")
}

fn read(text: &str) -> Recording {
    jsonl::read(text.as_bytes()).unwrap()
}

fn lines(recording: &Recording) -> String {
    let mut text = Vec::new();
    for event in recording.history.events() {
        jsonl::write_event_of(&mut text, &recording.history, event).unwrap();
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn names_are_numbered_as_they_come_and_written_as_they_were() {
    let text = write(0, ",\"key\":\"cart\"", 1)
        + &write(0, ",\"key\":\"stock \\\"7\\\"\"", 2)
        + &write(1, ",\"key\":\"cart\"", 3);
    let recording = read(&text);
    let keys = recording
        .history
        .events()
        .iter()
        .map(|event| event.op.key());
    assert_eq!(keys.collect::<Vec<_>>(), [0, 0, 1, 1, 0, 0]);
    assert_eq!(recording.history.key_name(1), Some("stock \"7\""));
    assert_eq!(recording.history.of_key("cart").events().len(), 4);
    assert_eq!(lines(&recording), text);
    let columns = columnar::write(Vec::new(), &recording).unwrap();
    let back = columnar::read(&columns).unwrap();
    assert_eq!(back.header, None);
    assert_eq!(lines(&back), text);
}

#[test]
fn the_header_stays_beside_the_names() {
    let text = write(0, ",\"key\":\"cart\"", 1);
    let header = "{\"format\":\"assay.history/1\",\"workload\":\"register\",\"seed\":7}\n";
    let recording = read(&(header.to_owned() + &text));
    let columns = columnar::write(Vec::new(), &recording).unwrap();
    let back = columnar::read(&columns).unwrap();
    assert_eq!(back.header, recording.header);
    assert_eq!(lines(&back), text);
}

/// Whatever the order in which they come, two keys are never taken for one: that would accuse
/// somebody of what was never done.
#[test]
fn names_and_numbers_are_never_one_key() {
    let keys = [
        "",
        ",\"key\":0",
        ",\"key\":1",
        ",\"key\":\"0\"",
        ",\"key\":\"1\"",
        ",\"key\":\"x\"",
    ];
    // Nothing is the number 0.
    let same = |a: usize, b: usize| a.max(1) == b.max(1);
    let mut drawn: u64 = 7;
    for _ in 0..2000 {
        let mut choices = Vec::new();
        let mut text = String::new();
        for value in 0..6 {
            drawn = drawn
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let choice = (drawn >> 40) as usize % keys.len();
            choices.push(choice);
            text += &write(0, keys[choice], value);
        }
        let recording = read(&text);
        let again = read(&lines(&recording));
        let columns = columnar::write(Vec::new(), &recording).unwrap();
        let columns = columnar::read(&columns).unwrap();
        for recording in [&recording, &again, &columns] {
            let events = recording.history.events();
            for i in 0..choices.len() {
                for j in 0..choices.len() {
                    let is_one = events[2 * i].op.key() == events[2 * j].op.key();
                    assert_eq!(is_one, same(choices[i], choices[j]), "{text}");
                }
            }
        }
    }
}

#[test]
fn an_answer_without_a_key_is_about_what_was_asked() {
    let text = "{\"time\":1,\"process\":0,\"type\":\"invoke\",\"f\":\"dequeue\",\"key\":\"jobs\"}
{\"time\":2,\"process\":0,\"type\":\"ok\",\"f\":\"dequeue\",\"result\":7}\n";
    let expected = "0 invoke dequeue → ? of jobs\n0 ok dequeue → 7 of jobs\njsonl queue";
    assert_eq!(shown(&read(text)), expected);
}

#[test]
fn keys_of_two_kinds_that_read_the_same_keep_different_names() {
    let edn = "{:process 0, :type :invoke, :f :get, :key 7, :value nil}
{:process 1, :type :invoke, :f :put, :key \"7\", :value \"x\"}\n";
    let options = super::Options {
        format: Some(super::Format::PorcupineKv),
        ..super::Options::default()
    };
    let recording = super::read(edn.as_bytes(), &options).unwrap();
    let names = [0, 1].map(|key| recording.history.key_name(key));
    assert_eq!(names, [Some("7"), Some("\"7\"")]);
    let again = read(&lines(&recording));
    assert_eq!(
        shown(&again).replace("jsonl", "porcupine-kv"),
        shown(&recording)
    );
}
