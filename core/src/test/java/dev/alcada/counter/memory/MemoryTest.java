package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jol.info.GraphLayout;

/** What a live key costs, its own text aside. The figures are in {@code docs/counters.md}. */
class MemoryTest {
  private static final int KEYS = 4_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  static {
    // Without it JOL cannot look into records.
    System.setProperty("jol.magicFieldOffset", "true");
  }

  private final ManualTime time = new ManualTime();

  @ParameterizedTest
  @CsvSource({
    // maximum, admissions, most bytes a key
    "30,    3,     280",
    "30,    30,    600",
    "100,   100,   1100",
  })
  void aLiveKeyIsSmall(int max, int admissions, long most) {
    List<String> grants = grants(KEYS);
    InMemoryCounterStore store = store();
    for (int i = 0; i < admissions; i++) {
      for (String grant : grants) {
        time.advance(Duration.ofNanos(1));
        assertThat(store.reserve(Demand.of(charge(grant, max, 1)))).isInstanceOf(Reservation.class);
      }
    }
    long bytes = bytes(store, grants) / KEYS;
    System.out.printf("memory: %d of %d admissions: %d bytes a key%n", admissions, max, bytes);
    assertThat(bytes).isLessThanOrEqualTo(most);
  }

  @ParameterizedTest
  @CsvSource({
    // kind, most bytes a key, or a value or a call under it
    "MARK,      220",
    "ONCE,      260",
    "IN_FLIGHT, 100",
    "DISTINCT,  60",
  })
  void whatElseIsKeptIsSmall(CounterId.Kind kind, long most) {
    InMemoryCounterStore store = store();
    List<String> grants = grants(KEYS);
    List<Reservation> held = new ArrayList<>();
    for (String grant : grants) {
      if (store.reserve(demand(kind, grant)) instanceof Reservation reservation) {
        held.add(reservation);
      }
    }
    assertThat(held).hasSize(KEYS);
    long bytes = bytes(store, kind == CounterId.Kind.IN_FLIGHT ? List.of() : grants) / KEYS;
    System.out.printf("memory: %s: %d bytes%n", kind, bytes);
    assertThat(bytes).isLessThanOrEqualTo(most);
  }

  /** A key for each grant; or a hundred keys, and a value or a call for each. */
  private static Demand demand(CounterId.Kind kind, String grant) {
    String few = "key-" + Math.floorMod(grant.hashCode(), 100);
    Window window = new Window.Sliding(MINUTE);
    return switch (kind) {
      case MARK -> {
        CounterKey key = new CounterKey(CounterId.mark("marks", "read", "grant"), grant, null);
        yield Demand.builder().tried(new Mark(key, MINUTE)).build();
      }
      case ONCE -> {
        CounterKey key = new CounterKey(CounterId.once("limits", "pay"), grant, null);
        yield Demand.of(new Charge.Once(key, window, MINUTE));
      }
      case IN_FLIGHT -> {
        CounterKey key = new CounterKey(CounterId.inFlight("limits", "jobs", "grant"), few, null);
        yield Demand.of(new Charge.InFlight(key, KEYS, 1, 9, MINUTE));
      }
      default -> {
        CounterId id = CounterId.distinct("limits", "recipients", "grant", window);
        yield Demand.of(new Charge.Distinct(new CounterKey(id, few, null), 1_000, List.of(grant)));
      }
    };
  }

  @Test
  void noKeyTakesMoreThan20Kilobytes() {
    InMemoryCounterStore store = store();
    for (int i = 0; i < 50_000; i++) {
      time.advance(MINUTE.dividedBy(7_000));
      store.reserve(Demand.of(charge("a", 1_000_000, 1 + i % 3)));
    }
    long bytes = bytes(store, List.of("a")) - bytes(store(), List.of());
    System.out.printf("memory: the largest key: %d bytes%n", bytes);
    assertThat(bytes).isLessThanOrEqualTo(20_000);
  }

  @Test
  void aMillionGrantsFitIn512MegabytesAndAreGoneOneWindowLater(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                MillionGrants.class.getName())
            // Not with the output: some environments make every JVM say what it picked up.
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(output).hasContent("1000000 keys, then 0");
  }

  private InMemoryCounterStore store() {
    return InMemoryCounterStore.builder().timeSource(time).build();
  }

  static List<Charge> charge(String grant, long max, long amount) {
    CounterId id = CounterId.of("document", "rate", "grant", new Window.Sliding(MINUTE));
    return List.of(new Charge.Amount(new CounterKey(id, grant, null), max, amount, 9, false));
  }

  private static List<String> grants(int count) {
    List<String> grants = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      grants.add("grant-" + i);
    }
    return grants;
  }

  /** The store with all it holds on to, without the grants' own text. */
  private static long bytes(InMemoryCounterStore store, List<String> grants) {
    long text = grants.isEmpty() ? 0 : GraphLayout.parseInstance(grants.toArray()).totalSize();
    return GraphLayout.parseInstance(store).totalSize() - text;
  }
}
