//! Choices by how often they were part of a conflict lately.
//!
//! VSIDS (Moskewicz et al., "Chaff: engineering an efficient SAT solver", DAC 2001) with the growing
//! increment of MiniSat (Eén and Sörensson, 2003). Among equals the first choice comes first.

pub(super) struct Heap {
    activity: Vec<f64>,
    increment: f64,
    heap: Vec<u32>,
    place: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl Heap {
    pub(super) fn new(choices: usize) -> Heap {
        Heap {
            activity: vec![0.0; choices],
            increment: 1.0,
            heap: (0..choices as u32).collect(),
            place: (0..choices as u32).collect(),
        }
    }

    fn is_before(&self, a: u32, b: u32) -> bool {
        let (first, second) = (self.activity[a as usize], self.activity[b as usize]);
        first > second || (first == second && a < b)
    }

    /// Takes out the most active choice.
    pub(super) fn pop(&mut self) -> Option<u32> {
        let top = *self.heap.first()?;
        let last = self.heap.pop().expect("not empty");
        self.place[top as usize] = ABSENT;
        if top != last {
            self.heap[0] = last;
            self.place[last as usize] = 0;
            self.sink(0);
        }
        Some(top)
    }

    /// Puts a choice back, if it is not in.
    pub(super) fn push(&mut self, choice: u32) {
        if self.place[choice as usize] == ABSENT {
            self.place[choice as usize] = self.heap.len() as u32;
            self.heap.push(choice);
            self.rise(self.heap.len() - 1);
        }
    }

    /// A choice was part of a conflict.
    pub(super) fn bump(&mut self, choice: u32) {
        self.activity[choice as usize] += self.increment;
        if self.activity[choice as usize] > 1e100 {
            self.activity.iter_mut().for_each(|each| *each *= 1e-100);
            self.increment *= 1e-100;
        }
        if self.place[choice as usize] != ABSENT {
            self.rise(self.place[choice as usize] as usize);
        }
    }

    /// What comes later counts for more.
    pub(super) fn decay(&mut self) {
        self.increment /= 0.95;
    }

    fn rise(&mut self, mut at: usize) {
        while at > 0 {
            let above = (at - 1) / 2;
            if !self.is_before(self.heap[at], self.heap[above]) {
                break;
            }
            self.swap(at, above);
            at = above;
        }
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let mut best = at;
            for below in [2 * at + 1, 2 * at + 2] {
                if below < self.heap.len() && self.is_before(self.heap[below], self.heap[best]) {
                    best = below;
                }
            }
            if best == at {
                return;
            }
            self.swap(at, best);
            at = best;
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.place[self.heap[a] as usize] = a as u32;
        self.place[self.heap[b] as usize] = b as u32;
    }
}
