package dev.alcada.fleet;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One process of a fleet: it calls on shared limits as fast as it can, and logs what it was told.
 */
public final class Member {
  private static final int THREADS = 8;

  /** How many calls a thread keeps open, so that what is given back has been held for a while. */
  private static final int OPEN = 12;

  private final Site site;
  private final List<Limit> limits;
  private final DataOutputStream log;

  private Member(Site site, List<Limit> limits, DataOutputStream log) {
    this.site = site;
    this.limits = limits;
    this.log = log;
  }

  /** What a call was admitted with. */
  private record Held(Reservation reservation, List<Entry> entries) {}

  /**
   * Calls for a while once its parent says so, and prints how many calls were made and refused.
   *
   * @param site the store
   * @param arguments the log, a seed, when the fleet starts in milliseconds, how long in seconds
   */
  @SuppressWarnings("SystemOut") // the parent reads it
  public static void run(Site site, List<String> arguments) throws Exception {
    System.out.println(
        run(
            site,
            arguments,
            () -> {
              System.out.println("ready");
              if (System.in.read() < 0) {
                throw new IllegalStateException("the parent has gone");
              }
            }));
  }

  /** What is done before the calls begin. */
  interface Start {
    void await() throws Exception;
  }

  static String run(Site site, List<String> arguments, Start start) throws Exception {
    Path file = Path.of(arguments.get(0));
    long seed = Long.parseLong(arguments.get(1));
    List<Limit> limits = Limit.all(Instant.ofEpochMilli(Long.parseLong(arguments.get(2))));
    Duration length = Duration.ofSeconds(Long.parseLong(arguments.get(3)));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    int calls = 0;
    int refused = 0;
    try (site;
        DataOutputStream log =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      Member member = new Member(site, limits, log);
      start.await();
      long end = System.nanoTime() + length.toNanos();
      List<Callable<int[]>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * THREADS + i);
        tasks.add(() -> member.calls(random, end));
      }
      for (Future<int[]> each : threads.invokeAll(tasks)) {
        calls += each.get()[0];
        refused += each.get()[1];
      }
    } finally {
      threads.shutdown();
    }
    return calls + " calls, " + refused + " refused";
  }

  private int[] calls(Random random, long end) throws Exception {
    Site.Clock clock = site.clock();
    List<Held> open = new ArrayList<>();
    int calls = 0;
    int refused = 0;
    while (System.nanoTime() < end) {
      long before = clock.read();
      if (open.size() >= OPEN) {
        settle(open.remove(random.nextInt(OPEN)), random.nextInt(8), before);
      }
      List<Limit> asked = some(random);
      List<Charge> charges = new ArrayList<>();
      asked.forEach(limit -> charges.add(limit.charge(random)));
      ReserveResult result = site.store().reserve(Demand.of(charges));
      long after = clock.read();
      calls++;
      if (result instanceof Reservation reservation) {
        open.add(new Held(reservation, entries(charges, reservation, before, after)));
      } else {
        refused++;
      }
    }
    long last = clock.read();
    for (Held each : open) {
      settle(each, random.nextInt(8), last);
    }
    return new int[] {calls, refused};
  }

  /** One to four limits, in any order. */
  private List<Limit> some(Random random) {
    List<Limit> shuffled = new ArrayList<>(limits);
    Collections.shuffle(shuffled, random);
    if (random.nextInt(4) > 0) {
      shuffled.removeIf(Limit::isCap); // It is full soon, and then refuses all that ask for it.
    }
    return shuffled.subList(0, 1 + random.nextInt(4));
  }

  private List<Entry> entries(
      List<Charge> charges, Reservation reservation, long before, long after) {
    List<Entry> entries = new ArrayList<>();
    for (Charge each : charges) {
      Charge.Amount charge = (Charge.Amount) each;
      int limit = 0;
      while (!limits.get(limit).key().equals(charge.key())) {
        limit++;
      }
      entries.add(
          new Entry(
              limit,
              before,
              after,
              site.stamp(reservation, charge.key()),
              charge.amount(),
              Entry.KEPT));
    }
    return entries;
  }

  /** Cancels one call of eight, lets another have done nothing, and the others have done theirs. */
  private void settle(Held held, int how, long now) throws IOException {
    switch (how) {
      case 0 -> held.reservation().cancel();
      case 1 -> held.reservation().settle(Ended.NOT_DONE);
      default -> held.reservation().settle(Ended.DONE);
    }
    // As late words of others would: the first one decides.
    held.reservation().settle(Ended.NOT_DONE);
    held.reservation().cancel();
    synchronized (log) {
      for (Entry entry : held.entries()) {
        boolean back = how == 0 || (how == 1 && limits.get(entry.limit()).releasable());
        (back ? entry.releasedAt(now) : entry).write(log);
      }
    }
  }
}
