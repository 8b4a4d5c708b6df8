;; Does what the first byte of its input says; the rest of the input is the operand.
;;   0  output the operand
;;   1  storage_set(key = operand[0..4], value = rest of the operand)
;;   2  storage_clear(key = operand[0..4])
;;   3  output the value under key = operand[0..4]
;;   4  transfer(to = operand[0..32], amount = operand[32..48])
;;   5  event(operand)
;;   6  commit_result(subject = operand[0..32], digest = operand[32..64])
;;   7  revert(operand)
;;   8  output the balance
;;   9  count to the 32-bit number in the operand
;;  10  unreachable
;;  11  load the model whose hash is operand[0..32] and run it on the four elements at
;;      operand[32..48]; output the three elements of the result
;;  12  output the gas that is left
;;  13  1, then 4: store under key = operand[48..52] an empty value, then transfer
;;  14  terminate(beneficiary = operand[0..32])
;;  15  1, 6, 5 and 14: store under key = operand[32..36] the rest of the operand, commit
;;      operand[0..32] twice, leave it as an event, then terminate
;; No input does nothing.
(module
  (import "lattice" "input_len" (func $input_len (result i32)))
  (import "lattice" "input_read" (func $input_read (param i32 i32 i32)))
  (import "lattice" "output" (func $output (param i32 i32)))
  (import "lattice" "storage_get" (func $storage_get (param i32 i32 i32 i32) (result i32)))
  (import "lattice" "storage_set" (func $storage_set (param i32 i32 i32 i32)))
  (import "lattice" "storage_clear" (func $storage_clear (param i32 i32)))
  (import "lattice" "transfer" (func $transfer (param i32 i32)))
  (import "lattice" "event" (func $event (param i32 i32)))
  (import "lattice" "commit_result" (func $commit_result (param i32 i32)))
  (import "lattice" "revert" (func $revert (param i32 i32)))
  (import "lattice" "balance" (func $balance (param i32)))
  (import "lattice" "load_model" (func $load_model (param i32) (result i32)))
  (import "lattice" "tensor_new" (func $tensor_new (param i32 i32 i32) (result i32)))
  (import "lattice" "exec_model" (func $exec_model (param i32 i32) (result i32)))
  (import "lattice" "tensor_read" (func $tensor_read (param i32 i32 i32 i32)))
  (import "lattice" "gas_left" (func $gas_left (result i64)))
  (import "lattice" "terminate" (func $terminate (param i32)))
  (memory (export "memory") 4 4)
  ;; The shape of the model's input.
  (data (i32.const 131072) "\04\00\00\00")
  (global $length (mut i32) (i32.const 0))
  ;; The operand begins at address 1.
  (func $main
    (local $counter i32)
    (global.set $length (call $input_len))
    (if (i32.eqz (global.get $length)) (then (return)))
    (call $input_read (i32.const 0) (global.get $length) (i32.const 0))
    (global.set $length (i32.sub (global.get $length) (i32.const 1)))
    (block $b15 (block $b14 (block $b13 (block $b12 (block $b11 (block $b10 (block $b9 (block $b8 (block $b7
    (block $b6 (block $b5 (block $b4 (block $b3 (block $b2 (block $b1 (block $b0
      (br_table $b0 $b1 $b2 $b3 $b4 $b5 $b6 $b7 $b8 $b9 $b10 $b11 $b12 $b13 $b14 $b15 $b10
        (i32.load8_u (i32.const 0)))
    )
      (call $output (i32.const 1) (global.get $length))
      (return)
    )
      (call $storage_set (i32.const 1) (i32.const 4) (i32.const 5)
        (i32.sub (global.get $length) (i32.const 4)))
      (return)
    )
      (call $storage_clear (i32.const 1) (i32.const 4))
      (return)
    )
      (local.set $counter
        (call $storage_get (i32.const 1) (i32.const 4) (i32.const 70000) (i32.const 20000)))
      (if (i32.ge_s (local.get $counter) (i32.const 0))
        (then (call $output (i32.const 70000) (local.get $counter))))
      (return)
    )
      (call $transfer (i32.const 1) (i32.const 33))
      (return)
    )
      (call $event (i32.const 1) (global.get $length))
      (return)
    )
      (call $commit_result (i32.const 1) (i32.const 33))
      (return)
    )
      (call $revert (i32.const 1) (global.get $length))
      (return)
    )
      (call $balance (i32.const 70000))
      (call $output (i32.const 70000) (i32.const 16))
      (return)
    )
      (block $done
        (loop $again
          (br_if $done (i32.ge_u (local.get $counter) (i32.load (i32.const 1))))
          (local.set $counter (i32.add (local.get $counter) (i32.const 1)))
          (br $again)))
      (return)
    )
      (unreachable)
    )
      (call $tensor_read
        (call $exec_model
          (call $load_model (i32.const 1))
          (call $tensor_new (i32.const 1) (i32.const 131072) (i32.const 33)))
        (i32.const 0) (i32.const 3) (i32.const 70000))
      (call $output (i32.const 70000) (i32.const 12))
      (return)
    )
      (i64.store (i32.const 70000) (call $gas_left))
      (call $output (i32.const 70000) (i32.const 8))
      (return)
    )
      (call $storage_set (i32.const 49) (i32.const 4) (i32.const 53) (i32.const 0))
      (call $transfer (i32.const 1) (i32.const 33))
      (return)
    )
      (call $terminate (i32.const 1))
      (unreachable)
    )
      (call $storage_set (i32.const 33) (i32.const 4) (i32.const 37)
        (i32.sub (global.get $length) (i32.const 36)))
      (call $commit_result (i32.const 1) (i32.const 1))
      (call $event (i32.const 1) (i32.const 32))
      (call $terminate (i32.const 1))
      (unreachable)
  )
  (func (export "instantiate") (call $main))
  (func (export "call") (call $main)))
