package dev.alcada.examples;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A browser without a window: Debian's {@code chromium} and {@code chromium-driver}. */
public final class Chromium {
  private Chromium() {}

  /** {@return a browser that has started} */
  public static ChromeDriver start() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(find("chromium").toString());
    options.addArguments("--headless=new", "--disable-dev-shm-usage", "--disable-gpu");
    if (System.getProperty("user.name").equals("root")) {
      // Chromium's sandbox refuses to run as root, as containers do.
      options.addArguments("--no-sandbox");
    }
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(find("chromedriver").toFile())
            .usingAnyFreePort()
            .withTimeout(Duration.ofSeconds(60))
            .build();
    return new ChromeDriver(service, options);
  }

  private static Path find(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    program + " is not on the PATH: install chromium and chromium-driver"));
  }
}
