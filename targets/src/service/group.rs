//! A file's only writer: a thread that makes changes durable in order, and shares one fsync among all that waits for it.
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, mpsc},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// Changes that are committed together, at most. It bounds the work that is lost to one failure.
const GROUP_MAX: usize = 4096;

/// Called once the change is on disk, or certainly never will be reported as such.
type Done = Box<dyn FnOnce(io::Result<()>) + Send>;

struct Job<C> {
    change: C,
    done: Done,
}

/// Takes changes in order, and makes them durable in that order.
pub(crate) struct Group<C>(Arc<Mutex<Writer<C>>>);

struct Writer<C> {
    jobs: Option<mpsc::Sender<Job<C>>>,
    thread: Option<JoinHandle<()>>,
}

impl<C> Clone for Group<C> {
    fn clone(&self) -> Group<C> {
        Group(self.0.clone())
    }
}

impl<C: Send + 'static> Group<C> {
    /// Starts the writer; `commit` makes several changes durable together.
    ///
    /// # Errors
    /// If the system has no thread to spare.
    pub(crate) fn start(
        commit: impl Fn(&[C]) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Group<C>> {
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || write_all(commit, &queue))?;
        let writer = Writer {
            jobs: Some(jobs),
            thread: Some(thread),
        };
        Ok(Group(Arc::new(Mutex::new(writer))))
    }

    /// Queues `change` and returns at once; `done` hears when it is durable.
    pub(crate) fn submit(&self, change: C, done: impl FnOnce(io::Result<()>) + Send + 'static) {
        let job = Job {
            change,
            done: Box::new(done),
        };
        let rejected = match &self.writer().jobs {
            Some(jobs) => jobs.send(job).err().map(|error| error.0),
            None => Some(job),
        };
        if let Some(job) = rejected {
            (job.done)(Err(io::Error::other("the file is closed")));
        }
    }

    /// Queues `change` at once, in the order of the calls; the future ends once it is durable.
    ///
    /// # Errors
    /// If it certainly never will be reported as durable. Nothing later will be, either.
    pub(crate) fn write(&self, change: C) -> impl Future<Output = io::Result<()>> + use<C> {
        let (done, answer) = oneshot::channel();
        self.submit(change, |result| {
            // Whoever asked may have gone; the change is made all the same.
            let _ = done.send(result);
        });
        async move { answer.await.map_err(io::Error::other)? }
    }

    /// Finishes what is queued, and lets go of the file.
    pub(crate) fn close(&self) {
        let mut writer = self.writer();
        drop(writer.jobs.take());
        let thread = writer.thread.take();
        drop(writer);
        if let Some(thread) = thread {
            thread.join().expect("the writer returns its errors");
        }
    }

    fn writer(&self) -> MutexGuard<'_, Writer<C>> {
        self.0.lock().expect("nothing panics while it holds this")
    }
}

/// The writer's life: take all that is queued, commit it together, tell everyone in order.
fn write_all<C>(commit: impl Fn(&[C]) -> io::Result<()>, queue: &mpsc::Receiver<Job<C>>) {
    let mut failure: Option<String> = None;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP_MAX - 1));
        let (changes, waiting): (Vec<C>, Vec<Done>) =
            group.into_iter().map(|job| (job.change, job.done)).unzip();
        // After a failure nothing more is written: what followed a lost change would leave a hole,
        // and who looks only at the last entry of a log to tell what is there would not see it.
        if failure.is_none() {
            failure = commit(&changes).err().map(|error| error.to_string());
        }
        for done in waiting {
            done(match &failure {
                None => Ok(()),
                Some(why) => Err(io::Error::other(why.clone())),
            });
        }
    }
}
