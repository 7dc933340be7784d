package dev.alcada.benchmark;

import dev.alcada.jdbc.JdbcContests;
import dev.alcada.redis.RedisContests;
import java.util.regex.Pattern;

/** The stores on servers that this starts, beside a peer on the same ones. */
public final class StoreBenchmarks {
  private StoreBenchmarks() {}

  /**
   * Runs the contests.
   *
   * @param args a directory, of which nothing is made, a regular expression to be found in the name
   *     of a contest, and how many rounds
   */
  public static void main(String[] args) throws Exception {
    Pattern wanted = Pattern.compile(args[1]);
    int rounds = Integer.parseInt(args[2]);
    RedisContests.run(wanted, rounds);
    JdbcContests.run(wanted, rounds);
    System.exit(0); // What the libraries leave running keeps no one waiting.
  }
}
