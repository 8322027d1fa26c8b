//! Small files that claim huge things: they cost what they hold, and not what they say.
use super::super::{Format, Options, read};
use super::sessions;

fn of(format: Format) -> Options {
    Options {
        format: Some(format),
        ..Options::default()
    }
}

#[test]
fn huge_numbers_of_sessions_and_transactions_cost_nothing() {
    let text = "w(9223372036854775807,-9223372036854775807,4294967295,1000000000)
r(9223372036854775807,-9223372036854775807,4000000000,9223372036854775807)\n";
    let recording = read(text.as_bytes(), &of(Format::Plume)).unwrap();
    assert_eq!(recording.history.operations().len(), 2);
    let mut log = sessions::cobra(&[(b'S', &[i64::MIN]), (b'C', &[i64::MIN])]);
    log.extend(sessions::cobra(&[(b'S', &[i64::MAX]), (b'C', &[i64::MAX])]));
    let recording = read(&log[..], &Options::default()).unwrap();
    assert_eq!(recording.history.operations().len(), 2);
}

#[test]
fn lengths_are_not_taken_at_their_word() {
    let bytes = sessions::bincode();
    // Of the first text, of the sessions, of their transactions, of their events.
    for place in [40, 40 + 8 + 9, 123, 131, 139] {
        for length in [u64::MAX, 1 << 40, 1 << 20] {
            let mut bytes = bytes.clone();
            bytes[place..place + 8].copy_from_slice(&length.to_le_bytes());
            read(&bytes[..], &of(Format::Dbcop)).expect_err("it holds much less");
        }
    }
    // Numbers that are not ours.
    let mut bytes = bytes;
    bytes[148..156].copy_from_slice(&u64::MAX.to_le_bytes());
    let error = read(&bytes[..], &of(Format::Dbcop)).unwrap_err();
    let expected =
        "line 1: variable 18446744073709551615 at byte 148 is more than 9223372036854775807";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn many_small_sessions_and_long_transactions_are_read_in_one_pass() {
    let many: String = (0..100_000)
        .map(|i| format!("w({i},1,{i},{i})\n"))
        .collect();
    let recording = read(many.as_bytes(), &Options::default()).unwrap();
    assert_eq!(recording.history.operations().len(), 100_000);
    let interleaved: String = (0..200_000)
        .map(|i| format!("r(1,1,{},{})\n", i % 1000, i % 1000))
        .collect();
    let recording = read(interleaved.as_bytes(), &Options::default()).unwrap();
    assert_eq!(recording.history.operations().len(), 1000);
    let recording = read("r 1 1\n".repeat(300_000).as_bytes(), &Options::default()).unwrap();
    assert_eq!(recording.history.operations().len(), 1);
    let ends = read("=\n-\n".repeat(300_000).as_bytes(), &of(Format::Awdit)).unwrap();
    assert!(ends.history.events().is_empty());
    // Nobody says who asked, and nothing is answered.
    let nobody = "{:type :invoke :f :write :value 1}\n".repeat(2000);
    let error = read(nobody.as_bytes(), &Options::default()).unwrap_err();
    let expected = "line 1025: an operation without `:process`, and 1024 others are open";
    assert_eq!(error.to_string(), expected);
}
