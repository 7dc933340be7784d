package dev.alcada.examples.gateway;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response that tells of messages as they come. Nobody waits for its client: what that has not
 * taken is queued, up to a bound, and written when the container has room. Thread-safe.
 *
 * <p>The container calls in while it holds locks of its own, and takes them when it is called. So
 * none is held here when it is: of all threads that have something to write, one does it for all.
 */
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int MOST_EVENTS = 10_000;

  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Backlog backlog;
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private final AtomicInteger rounds = new AtomicInteger();
  private boolean last;
  private volatile boolean open;
  private volatile boolean broken;
  private volatile boolean ended;

  /** Whether something was written that may not have left yet; used by the writing thread alone. */
  private boolean unflushed;

  /**
   * Makes a stream of a request's response.
   *
   * @param backlog what waits for the client on all its streams
   */
  static EventStream start(HttpServletRequest request, Backlog backlog) throws IOException {
    AsyncContext context = request.startAsync();
    context.setTimeout(0);
    context.getResponse().setContentType("text/event-stream");
    context.getResponse().setCharacterEncoding("UTF-8");
    EventStream stream = new EventStream(context, context.getResponse().getOutputStream(), backlog);
    Life life = stream.new Life();
    context.addListener(life);
    stream.out.setWriteListener(life);
    return stream;
  }

  private EventStream(AsyncContext context, ServletOutputStream out, Backlog backlog) {
    this.context = context;
    this.out = out;
    this.backlog = backlog;
  }

  /** {@return whether nothing more is told} */
  boolean hasEnded() {
    return ended;
  }

  /** Tells of a message if there is room; {@return whether there is} */
  boolean offer(Message message) {
    return queue(event(message), false, false);
  }

  /** Tells of a message, room or not, and of none after it. */
  void finish(Message message) {
    queue(event(message), true, true);
  }

  /** Ends once what waits has been told. */
  void finish() {
    queue("", true, true);
  }

  /** Lets the client see that the stream is open, and the stream that the client is there. */
  void comment() {
    queue(":\n\n", false, false);
  }

  private static String event(Message message) {
    return "event: message\ndata: " + message.text() + "\n\n";
  }

  private boolean queue(String event, boolean always, boolean isLast) {
    byte[] text = event.getBytes(StandardCharsets.UTF_8);
    synchronized (queue) {
      if (ended || last) {
        return false;
      } else if (always) {
        backlog.add(text.length);
      } else if (queue.size() >= MOST_EVENTS || !backlog.offer(text.length)) {
        return false;
      }
      queue.addLast(text);
      last = isLast;
    }
    write();
    return true;
  }

  private void write() {
    if (rounds.getAndIncrement() != 0) {
      return; // another thread is at it, and looks again
    }
    int seen = 1;
    do {
      writeWhatFits();
      seen = rounds.addAndGet(-seen);
    } while (seen != 0);
  }

  private void writeWhatFits() {
    try {
      while (open && !ended && !broken && out.isReady()) {
        byte[] next = poll();
        if (next != null) {
          out.write(next);
          unflushed = true;
        } else if (unflushed) {
          unflushed = false;
          out.flush();
        } else if (isOver()) {
          end();
        } else {
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("The client is gone: {}", Quoted.of(e));
      broken = true;
    }
    if (broken) {
      end();
    }
  }

  private byte @Nullable [] poll() {
    byte[] next;
    synchronized (queue) {
      next = queue.pollFirst();
    }
    if (next != null) {
      backlog.free(next.length);
    }
    return next;
  }

  private boolean isOver() {
    synchronized (queue) {
      return last && queue.isEmpty();
    }
  }

  private void end() {
    if (forget()) {
      try {
        context.complete();
      } catch (IllegalStateException e) {
        LOG.debug("The container had ended it: {}", Quoted.of(e));
      }
    }
  }

  /** {@return whether it had not ended before} */
  private boolean forget() {
    long left = 0;
    synchronized (queue) {
      if (ended) {
        return false;
      }
      ended = true;
      for (byte[] text : queue) {
        left += text.length;
      }
      queue.clear();
    }
    backlog.free(left);
    return true;
  }

  private final class Life implements WriteListener, AsyncListener {
    @Override
    public void onWritePossible() {
      open = true;
      write();
    }

    @Override
    public void onError(Throwable thrown) {
      broken = true;
      write();
    }

    @Override
    public void onComplete(AsyncEvent event) {
      forget();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      onError(new IOException("too late"));
    }

    @Override
    public void onError(AsyncEvent event) {
      onError(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
