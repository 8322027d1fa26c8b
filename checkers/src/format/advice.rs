//! What users may do about a history that makes no sense.
use super::Format;

/// About a file whose format was not recognised.
pub(super) const UNKNOWN: &str = "say which format it is with --format: jsonl, columnar, jepsen-edn, jepsen-log, porcupine-kv, jepsen-json, plume-text, awdit-text, dbcop or cobra";

/// About a line that makes no sense.
pub(super) fn on_nonsense(format: Format) -> &'static str {
    match format {
        Format::Jsonl | Format::Columnar => {
            "every line has to be an event of an Assay history; was the file edited, or made by something else?"
        }
        Format::JepsenEdn => {
            "every form has to be an operation, {:process 0, :type :invoke, :f :read, :value nil}; skip what is not by reading leniently"
        }
        Format::JepsenLog => {
            "operations are written `INFO  jepsen.util - 0 :invoke :read nil`; skip what is not by reading leniently"
        }
        Format::PorcupineKv => {
            "every form has to be an operation, {:process 0, :type :invoke, :f :get, :key \"0\", :value nil}; skip what is not by reading leniently"
        }
        Format::JepsenJson => {
            "every object has to be an operation, {\"process\": 0, \"type\": \"invoke\", \"f\": \"txn\", \"value\": [[\"r\", 1, null]]}; skip what is not by reading leniently"
        }
        Format::Plume => {
            "every line has to be r(key,value,session,txn) or w(key,value,session,txn) in whole numbers, the transactions of a session one after the other; skip what is not by reading leniently"
        }
        Format::Awdit => {
            "every line has to be `r KEY VALUE` or `w KEY VALUE` in whole numbers, or the end of a transaction, -----, or of a session, =====; skip what is not by reading leniently"
        }
        Format::Dbcop => {
            "the file has to hold sessions of transactions as dbcop writes them, in bincode or JSON: take another copy of it, or read what stands before by reading leniently"
        }
        Format::Cobra => {
            "each file has to be the log of one client, without timestamps: take another copy of it, or read what stands before by reading leniently"
        }
    }
}

impl Format {
    /// Whether it tells the order within sessions and no other: it knows no time.
    pub(super) fn is_of_sessions(self) -> bool {
        match self {
            Format::Plume | Format::Awdit | Format::Dbcop | Format::Cobra => true,
            Format::Jsonl
            | Format::Columnar
            | Format::JepsenEdn
            | Format::JepsenLog
            | Format::PorcupineKv
            | Format::JepsenJson => false,
        }
    }
}
