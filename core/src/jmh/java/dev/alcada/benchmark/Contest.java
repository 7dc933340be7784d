package dev.alcada.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Ours and a peer on one server, in one JVM, with the same threads: they take turns of a second,
 * and who goes first changes from round to round. Each answer is compared with what it has to be,
 * since a limiter that admits what it should refuse is fast.
 */
public final class Contest {
  private static final double TURN_SECONDS = Double.parseDouble(System.getProperty("turn", "1"));
  private static final String ROW = "%-52s | %9s | %9s | %6s | %s%n";

  private final String name;
  private final int threads;
  private final boolean admitted;
  private final Caller ours;
  private final @Nullable Caller peer;
  private final List<Double> rates = new ArrayList<>();
  private final List<Double> peerRates = new ArrayList<>();

  /** Makes one decision, about one or more limits. */
  public interface Caller {
    /** {@return whether it was admitted} */
    boolean call(int thread);
  }

  /**
   * Creates a contest.
   *
   * @param name what it is about
   * @param threads how many call
   * @param admitted what each answer has to be
   * @param ours one that asks our store
   * @param peer one that asks the peer's, or {@code null}
   */
  public Contest(String name, int threads, boolean admitted, Caller ours, @Nullable Caller peer) {
    this.name = name;
    this.threads = threads;
    this.admitted = admitted;
    this.ours = ours;
    this.peer = peer;
  }

  /** {@return the name} */
  public String name() {
    return name;
  }

  /**
   * Lets contests take turns, and prints how many thousand decisions a second each has made: the
   * medians, and that of the ratios.
   *
   * @param contests some on one server
   * @param rounds how many
   */
  @SuppressWarnings("SystemOut")
  public static void run(List<Contest> contests, int rounds) throws Exception {
    for (int round = 0; round <= rounds; round++) {
      for (Contest contest : contests) {
        contest.round(round);
      }
    }
    System.out.printf(Locale.ROOT, ROW, "name", "ours k/s", "peer k/s", "ratio", "by round");
    contests.forEach(Contest::print);
  }

  /** The first is not counted: it warms up. */
  private void round(int round) throws Exception {
    double mine;
    double other = 0;
    if (peer == null) {
      mine = rate(ours);
    } else if (round % 2 == 1) {
      mine = rate(ours);
      other = rate(peer);
    } else {
      other = rate(peer);
      mine = rate(ours);
    }
    if (round > 0) {
      rates.add(mine);
      peerRates.add(other);
    }
  }

  private double rate(Caller caller) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      long end = start + (long) (TURN_SECONDS * 1e9);
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        tasks.add(() -> calls(caller, thread, end));
      }
      long calls = 0;
      for (Future<Long> each : pool.invokeAll(tasks)) {
        calls += each.get();
      }
      return calls * 1e6 / (System.nanoTime() - start);
    } finally {
      pool.shutdown();
    }
  }

  private long calls(Caller caller, int thread, long end) {
    long calls = 0;
    while (System.nanoTime() < end) {
      if (caller.call(thread) != admitted) {
        throw new IllegalStateException(
            name + ": a call was " + (admitted ? "refused" : "admitted"));
      }
      calls++;
    }
    return calls;
  }

  @SuppressWarnings("SystemOut")
  private void print() {
    List<Double> figures = new ArrayList<>();
    for (int i = 0; i < rates.size(); i++) {
      figures.add(peer == null ? rates.get(i) : rates.get(i) / peerRates.get(i));
    }
    List<Double> sorted = figures.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        ROW,
        name,
        number(Rounds.median(rates)),
        peer == null ? "" : number(Rounds.median(peerRates)),
        peer == null ? "" : number(Rounds.median(figures)),
        number(sorted.get(0)) + " to " + number(sorted.get(sorted.size() - 1)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
