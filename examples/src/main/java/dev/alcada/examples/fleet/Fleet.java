package dev.alcada.examples.fleet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import redis.embedded.RedisServer;

/** Starts a Redis server and two JVMs that have one limit between them. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    description = "Starts a Redis server and two JVMs that share a limit, and counts what runs.")
public final class Fleet implements Callable<Integer> {
  private static final int JVMS = 2;

  @Override
  public Integer call() throws IOException {
    int port = freePort();
    RedisServer server = RedisServer.newRedisServer().bind("127.0.0.1").port(port).build();
    server.start();
    try {
      System.out.printf(
          "A Redis server, and %d JVMs: a limit of %d calls an hour, and each makes %d.%n",
          JVMS, FleetMember.LIMIT, FleetMember.CALLS);
      int ran = inAll(port);
      System.out.printf("%d of %d calls ran.%n", ran, JVMS * FleetMember.CALLS);
      return ran == FleetMember.LIMIT ? 0 : 1;
    } finally {
      server.stop();
    }
  }

  private static int inAll(int port) throws IOException {
    List<Process> members = new ArrayList<>();
    try {
      for (int i = 0; i < JVMS; i++) {
        members.add(start(port));
      }
      // Each waits until the others are ready too.
      for (Process member : members) {
        said(member);
      }
      for (Process member : members) {
        member.outputWriter().write("go\n");
        member.outputWriter().flush();
      }
      int all = 0;
      for (int i = 0; i < JVMS; i++) {
        int ran = Integer.parseInt(said(members.get(i)));
        System.out.printf(
            "  JVM %d: %d ran, %d were denied%n", i + 1, ran, FleetMember.CALLS - ran);
        all += ran;
      }
      return all;
    } finally {
      members.forEach(Process::destroy);
    }
  }

  private static Process start(int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FleetMember.class.getName(),
            String.valueOf(port))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String said(Process member) throws IOException {
    String line = member.inputReader().readLine();
    if (line == null) {
      throw new IOException("a JVM has ended before it was done");
    }
    return line;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
