"use strict";
(() => {
  const player = document.getElementById("player");
  const source = document.getElementById("frames");
  if (!player || !source) return;
  const frames = JSON.parse(source.textContent);
  const count = frames.time.length;
  const canvas = player.querySelector("canvas");
  const slider = player.querySelector("input");
  const button = player.querySelector("[data-play]");
  const output = (name) => player.querySelector("[data-" + name + "]");
  const areas = [...document.querySelectorAll(".area.time")];

  const words = (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new DataView(bytes.buffer);
  };
  const points = words(frames.points);
  const density = frames.density ? words(frames.density) : null;
  const field = frames.field ? words(frames.field) : null;
  const fieldRows = 32;
  const width = frames.stage === "circle" ? 2 : 4;
  const starts = [0];
  for (const n of frames.counts) starts.push(starts[starts.length - 1] + n);
  // Coordinates and root of the mass of dot i, as shares.
  const share = (i, c) => points.getInt16(2 * (width * i + c), true) / 32767;

  let frame = 0;
  let timer = 0;
  // The sphere is seen from this longitude and latitude.
  let view = { longitude: 0.5, latitude: 0.35 };

  const draw = () => {
    const ratio = window.devicePixelRatio || 1;
    const size = Math.round(canvas.clientWidth * ratio);
    if (size === 0) return;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue("--" + name).trim();
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, size, size);
    context.translate(size / 2, size / 2);
    (frames.stage === "circle" ? drawCircle : drawSphere)(context, size, color);
  };

  const drawCircle = (context, size, color) => {
    const radius = 0.295 * size;
    if (density) {
      const rows = frames.rows;
      context.beginPath();
      for (let row = 0; row < rows; row++) {
        const q = density.getUint16(2 * (frame * rows + row), true);
        const rho = q === 0 ? 0 : 10 ** (((q - 1) / 65534) * 12 - 8);
        const angle = ((row + 0.5) / rows) * 2 * Math.PI - Math.PI;
        const r = radius * (1 + (0.65 * rho) / (rho + 0.6));
        context.lineTo(r * Math.cos(angle), -r * Math.sin(angle));
      }
      context.closePath();
      context.moveTo(radius, 0);
      context.arc(0, 0, radius, 0, 2 * Math.PI, true);
      context.globalAlpha = 0.3;
      context.fillStyle = color("blue");
      context.fill("evenodd");
      context.globalAlpha = 1;
    }
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.strokeStyle = color("soft");
    context.lineWidth = Math.max(1, size / 400);
    context.stroke();
    context.fillStyle = color("soft");
    context.font = Math.round(size / 28) + "px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [x, y, label] of [[0.86, 0, "0"], [0, -0.86, "π/2"], [-0.86, 0, "π"], [0, 0.86, "−π/2"]])
      context.fillText(label, x * radius, y * radius);
    context.fillStyle = color("vermilion");
    context.globalAlpha = 0.75;
    for (let i = starts[frame]; i < starts[frame + 1]; i++) {
      const angle = share(i, 0) * Math.PI;
      context.beginPath();
      context.arc(radius * Math.cos(angle), -radius * Math.sin(angle),
        Math.max(0.22 * radius * share(i, 1), 1.5), 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  };

  const turn = (x, y, z) => {
    const [c, s] = [Math.cos(view.longitude), Math.sin(view.longitude)];
    const [d, t] = [Math.cos(view.latitude), Math.sin(view.latitude)];
    const [forward, side] = [c * x + s * y, c * y - s * x];
    return [side, d * z - t * forward, d * forward + t * z];
  };

  // Viridis, from low to high.
  const colors = ["440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725"]
    .map((text) => [0, 2, 4].map((i) => parseInt(text.slice(i, i + 2), 16)));
  const viridis = (share) => {
    const place = Math.min(share * (colors.length - 1), colors.length - 1.001);
    const [low, high] = [colors[Math.floor(place)], colors[Math.floor(place) + 1]];
    return "rgb(" + low.map((value, i) => Math.round(value + (place % 1) * (high[i] - value))) + ")";
  };

  const drawField = (context, radius) => {
    const step = Math.PI / fieldRows;
    const corner = (row, column) => {
      const [a, b] = [row * step, column * step];
      return turn(Math.sin(a) * Math.cos(b), Math.sin(a) * Math.sin(b), Math.cos(a));
    };
    for (let row = 0; row < fieldRows; row++) {
      for (let column = 0; column < 2 * fieldRows; column++) {
        const level = field.getUint8((frame * fieldRows + row) * 2 * fieldRows + column);
        if (level === 0 || corner(row + 0.5, column + 0.5)[2] < -0.05) continue;
        context.fillStyle = context.strokeStyle = viridis((level - 1) / 254);
        context.beginPath();
        for (const [r, c] of [[0, 0], [0, 1], [1, 1], [1, 0]]) {
          const [x, y] = corner(row + r, column + c);
          context.lineTo(radius * x, -radius * y);
        }
        context.closePath();
        context.fill();
        // Closes the seams between cells.
        context.stroke();
      }
    }
  };

  const drawSphere = (context, size, color) => {
    const radius = 0.46 * size;
    const line = (place) => {
      for (const isFront of [false, true]) {
        context.beginPath();
        let isDown = false;
        for (let k = 0; k <= 72; k++) {
          const [x, y, depth] = turn(...place((k / 72) * 2 * Math.PI));
          if (depth >= 0 === isFront) {
            if (isDown) context.lineTo(radius * x, -radius * y);
            else context.moveTo(radius * x, -radius * y);
          }
          isDown = depth >= 0 === isFront;
        }
        context.globalAlpha = isFront ? 0.9 : 0.35;
        context.stroke();
      }
      context.globalAlpha = 1;
    };
    context.lineWidth = Math.max(1, size / 600);
    context.strokeStyle = color("line");
    if (field) drawField(context, radius);
    const isSphere = frames.stage === "sphere";
    for (const degrees of isSphere ? [-60, -30, 0, 30, 60] : []) {
      const latitude = (degrees * Math.PI) / 180;
      line((a) => [Math.cos(latitude) * Math.cos(a), Math.cos(latitude) * Math.sin(a), Math.sin(latitude)]);
    }
    for (const degrees of isSphere ? [0, 30, 60, 90, 120, 150] : []) {
      const longitude = (degrees * Math.PI) / 180;
      line((a) => [Math.cos(a) * Math.cos(longitude), Math.cos(a) * Math.sin(longitude), Math.sin(a)]);
    }
    context.strokeStyle = color("soft");
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.stroke();
    const dots = [];
    for (let i = starts[frame]; i < starts[frame + 1]; i++)
      dots.push([...turn(share(i, 0), share(i, 1), share(i, 2)), share(i, 3)]);
    dots.sort((a, b) => a[2] - b[2]);
    context.fillStyle = color("vermilion");
    for (const [x, y, depth, root] of dots) {
      context.globalAlpha = depth < 0 ? 0.22 : 0.78;
      context.beginPath();
      context.arc(radius * x, -radius * y, Math.max(0.2 * radius * root, 1.6), 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  };

  const percent = (value) => (value === null ? "—" : (100 * value).toFixed(1) + " %");
  const show = (index) => {
    frame = Math.max(0, Math.min(count - 1, index));
    slider.value = frame;
    slider.setAttribute("aria-valuetext",
      "t = " + frames.time[frame] + ", " + frames.phase[frame] + ", clusters: " + frames.clusters[frame]);
    output("time").textContent = frames.time[frame];
    output("phase").textContent = frames.phase[frame];
    output("clusters").textContent = frames.clusters[frame];
    output("condensed").textContent = percent(frames.condensed[frame]);
    output("energy").textContent = percent(frames.energy[frame]);
    for (const area of areas)
      area.querySelector(".cursor").style.left = "calc(" + 100 * frames.x[frame] + "% - 1px)";
    draw();
  };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
  };
  const toggle = () => {
    if (timer) return stop();
    if (frame === count - 1) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      if (frame === count - 1) stop();
      else show(frame + 1);
    }, 90);
  };

  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  for (const area of areas) {
    const follow = (event) => {
      const box = area.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width;
      let best = 0;
      frames.x.forEach((place, i) => {
        if (Math.abs(place - x) < Math.abs(frames.x[best] - x)) best = i;
      });
      stop();
      show(best);
    };
    area.addEventListener("pointerdown", follow);
    area.addEventListener("pointermove", (event) => {
      if (event.buttons === 1) follow(event);
    });
    area.querySelector(".cursor").hidden = false;
  }
  let hint = "Arrow keys move through time, the space bar plays. Charts over time follow, and a click on them goes there.";
  if (frames.stage !== "circle") {
    hint += " Drag the sphere to turn it, or use the arrow keys on it.";
    canvas.tabIndex = 0;
    canvas.style.touchAction = "none";
    canvas.style.cursor = "grab";
    const rotate = (dx, dy) => {
      view.longitude -= dx;
      view.latitude = Math.max(-1.5, Math.min(1.5, view.latitude + dy));
      draw();
    };
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons === 1) rotate(event.movementX / 120, event.movementY / 120);
    });
    canvas.addEventListener("keydown", (event) => {
      const turns = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
      if (!turns[event.key]) return;
      event.preventDefault();
      rotate(...turns[event.key]);
    });
  }
  output("hint").textContent = hint;
  slider.max = count - 1;
  player.hidden = false;
  show(0);
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
