// Lattice's integer semantics in circom. Values are flat arrays; sums are far below the field's size.

// Bits of x, which must be below 2^n.
template Bits(n) {
    signal input x;
    signal output y[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        y[i] <-- (x >> i) & 1;
        y[i] * (y[i] - 1) === 0;
        sum += y[i] * 2 ** i;
    }
    sum === x;
}

// lo <= x <= hi, where hi - lo has `bits` bits.
template Range(lo, hi, bits) {
    signal input x;
    component above = Bits(bits);
    above.x <== x - lo;
    if (hi - lo + 1 != 2 ** bits) {
        component below = Bits(bits);
        below.x <== hi - x;
    }
}

// clamp((x + 2^(n-1)) >> n, 0, 127), where x + 2^(n-1) is in -2^(w-1) .. 2^(w-1) and w >= n + 8.
template Requantize(n, w) {
    signal input x;
    signal output y;
    component bits = Bits(w);
    bits.x <== x + 2 ** (n - 1) + 2 ** (w - 1);
    var low = 0;
    for (var i = 0; i < 7; i++) {
        low += bits.y[n + i] * 2 ** i;
    }
    var over = 0;
    for (var i = n + 7; i < w - 1; i++) {
        over += bits.y[i];
    }
    if (w > n + 8) {
        signal inverse <-- over != 0 ? 1 / over : 0;
        signal fits <== 1 - over * inverse;
        over * fits === 0;
        signal cut <== fits * (low - 127);
        y <== bits.y[w - 1] * (cut + 127);
    } else {
        y <== bits.y[w - 1] * low;
    }
}

// The larger of two numbers, whose difference is in -2^(n-1) .. 2^(n-1).
template Larger(n) {
    signal input x[2];
    signal output y;
    component bits = Bits(n);
    bits.x <== x[0] - x[1] + 2 ** (n - 1);
    y <== bits.y[n - 1] * (x[0] - x[1]) + x[1];
}

template MaxPool(n, channels, height, width, rows, columns, kh, kw, down, right) {
    signal input x[channels * height * width];
    signal output y[channels * rows * columns];
    component larger[channels * rows * columns][kh * kw - 1];
    for (var k = 0; k < channels; k++) {
        for (var r = 0; r < rows; r++) {
            for (var c = 0; c < columns; c++) {
                var o = (k * rows + r) * columns + c;
                for (var t = 1; t < kh * kw; t++) {
                    larger[o][t - 1] = Larger(n);
                    larger[o][t - 1].x[0] <== x[(k * height + r * down + t \ kw) * width + c * right + t % kw];
                    if (t == 1) {
                        larger[o][0].x[1] <== x[(k * height + r * down) * width + c * right];
                    } else {
                        larger[o][t - 1].x[1] <== larger[o][t - 2].y;
                    }
                }
                y[o] <== larger[o][kh * kw - 2].y;
            }
        }
    }
}

// The sponge over values packed `each` to an element, x + offset in `bits` bits, and a blinding.
template Commitment(tag, n, offset, bits, each) {
    signal input x[n];
    signal input blinding;
    signal output digest;
    var packed = (n + each - 1) \ each;
    var blocks = (packed + 1 + 15) \ 16;
    component permutation[blocks];
    for (var block = 0; block < blocks; block++) {
        permutation[block] = PoseidonEx(16, 17);
        if (block == 0) {
            permutation[block].initialState <== tag * 2 ** 64 + n;
        } else {
            permutation[block].initialState <== permutation[block - 1].out[0];
        }
        for (var lane = 0; lane < 16; lane++) {
            var element = block * 16 + lane;
            var sum = 0;
            if (element < packed) {
                for (var i = element * each; i < n && i < (element + 1) * each; i++) {
                    sum += (x[i] + offset) * 2 ** (bits * (i - element * each));
                }
            }
            if (element == packed) {
                sum = blinding;
            }
            if (block > 0) {
                sum += permutation[block - 1].out[lane + 1];
            }
            permutation[block].inputs[lane] <== sum;
        }
    }
    digest <== permutation[blocks - 1].out[0];
}
