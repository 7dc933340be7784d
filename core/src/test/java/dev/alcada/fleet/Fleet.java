package dev.alcada.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several processes on one store, for some seconds; with {@code -Dalcada.fleet=60}, four of them
 * for so many, and the figures are printed.
 */
public final class Fleet {
  private static final @Nullable Integer SECONDS = Integer.getInteger("alcada.fleet");

  private Fleet() {}

  /** {@return how many processes share a store that several may share} */
  public static int processes() {
    return SECONDS == null ? 2 : 4;
  }

  /**
   * Runs a fleet, and asserts that the store has kept all of its promises.
   *
   * @param processes how many
   * @param member the main class of each, which hands {@link Member#run} what follows its own
   *     arguments
   * @param arguments those of its own
   * @param site a store like theirs, which is looked at in the end
   * @param directory for the logs
   */
  @SuppressWarnings("SystemOut") // who asks for a minute wants the figures
  public static void assertKeepsItsPromises(
      int processes, Class<?> member, List<String> arguments, Site site, Path directory)
      throws Exception {
    Instant start = Instant.now();
    Duration length = Duration.ofSeconds(SECONDS == null ? 4 : SECONDS);
    List<Process> fleet = new ArrayList<>();
    List<Entry> log = new ArrayList<>();
    List<String> told = new ArrayList<>();
    try {
      for (int i = 0; i < processes; i++) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), member.getName()));
        command.addAll(arguments);
        command.add(directory.resolve("log" + i).toString());
        command.addAll(
            Stream.of(i, start.toEpochMilli(), length.toSeconds()).map(String::valueOf).toList());
        fleet.add(new ProcessBuilder(command).redirectErrorStream(true).start());
      }
      List<BufferedReader> outputs =
          fleet.stream().map(each -> each.inputReader(StandardCharsets.UTF_8)).toList();
      for (BufferedReader output : outputs) {
        String line = output.readLine();
        while (!"ready".equals(line)) {
          assertThat(line).as("what a process says before it ends").isNotNull();
          told.add(line);
          line = output.readLine();
        }
      }
      for (Process each : fleet) {
        each.getOutputStream().write('\n');
        each.getOutputStream().flush();
      }
      for (int i = 0; i < processes; i++) {
        outputs.get(i).lines().forEach(told::add);
        assertThat(fleet.get(i).waitFor()).as("%s", told).isZero();
        Path file = directory.resolve("log" + i);
        Entry.read(file, log);
        Files.delete(file);
      }
    } finally {
      fleet.forEach(Process::destroyForcibly);
    }
    List<Limit> limits = Limit.all(start);
    List<Verdict.Left> left = new ArrayList<>();
    Site.Clock clock = site.clock();
    fillCap(site, clock, limits, log);
    for (Limit limit : limits) {
      long before = clock.read();
      long used = site.store().look(Demand.of(limit.charge(0))).usage().get(0).used();
      left.add(new Verdict.Left(before, used, clock.read()));
    }
    Verdict verdict = Verdict.of(limits, length, log, left);
    if (SECONDS != null) {
      System.out.printf("%s, %d processes, %s%n", member.getSimpleName(), processes, length);
      told.forEach(System.out::println);
      verdict.figures().forEach(System.out::println);
    }
    assertThat(verdict.faults()).isEmpty();
  }

  /** However slow the machine was, the cap has room for what it has not, and not for one more. */
  private static void fillCap(Site site, Site.Clock clock, List<Limit> limits, List<Entry> log)
      throws Exception {
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).isCap()) {
        Charge one = limits.get(i).charge(1);
        while (true) {
          long before = clock.read();
          if (!(site.store().reserve(Demand.of(one)) instanceof Reservation)) {
            break;
          }
          log.add(new Entry(i, before, clock.read(), Entry.UNTOLD, 1, Entry.KEPT));
        }
      }
    }
  }
}
