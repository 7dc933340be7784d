package dev.alcada.examples.desk;

import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Registration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where people answer approval requests: a page on the loopback interface for each of them, and for
 * whoever runs this program the command line too. Thread-safe.
 */
final class DeskServer implements AutoCloseable {
  private static final int LONGEST_ANSWER = 64 << 10;

  private final LoopbackServer server;
  private final Registration listening;
  private final List<Seat> seats;
  private final DeskFile file;

  private DeskServer(
      LoopbackServer server, Registration listening, List<Seat> seats, DeskFile file) {
    this.server = server;
    this.listening = listening;
    this.seats = seats;
    this.file = file;
  }

  /**
   * Opens the desk.
   *
   * @param seats who answers on the page; nobody: whoever runs this program
   * @param port 1 to 65535, or 0 for a free one
   * @param files where the command line finds the desk
   * @throws IOException if the port is taken or the file cannot be written
   */
  static DeskServer open(Approvals approvals, List<Seat> seats, int port, Path files)
      throws IOException {
    DeskFile file = DeskFile.create(files);
    try {
      Seat local =
          seats.stream()
              .filter(seat -> seat.name().equals(file.owner()))
              .findFirst()
              .orElseGet(() -> ofUser(file, seats));
      List<Seat> onPage = seats.isEmpty() ? List.of(local) : seats;
      List<Seat> all = new ArrayList<>(onPage);
      Seat onTerminal = local.again();
      all.add(onTerminal);
      Answered answered = new Answered();
      ApprovalPage page = new ApprovalPage(approvals, answered, all);
      LoopbackServer server = LoopbackServer.start(page, port, LONGEST_ANSWER);
      try {
        file.write(server.port(), server.url() + "/" + onTerminal.token() + "/");
      } catch (IOException | RuntimeException e) {
        server.close();
        throw e;
      }
      return new DeskServer(server, approvals.listen(answered::changed), onPage, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The user who runs this program is somebody of their own until others are named. */
  private static Seat ofUser(DeskFile file, List<Seat> seats) {
    Seat user = Seat.of(file.owner());
    return seats.isEmpty() ? user : user.unnamed();
  }

  int port() {
    return server.port();
  }

  /** {@return each approver's own address; whoever knows it may answer as that person} */
  Map<Seat, String> urls() {
    Map<Seat, String> urls = new LinkedHashMap<>();
    seats.forEach(seat -> urls.put(seat, server.url() + "/" + seat.token() + "/"));
    return urls;
  }

  @Override
  public void close() {
    listening.close();
    file.close();
    server.close();
  }
}
