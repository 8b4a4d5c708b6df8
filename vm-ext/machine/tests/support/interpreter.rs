//! An interpreter of whole programs that shares nothing with the machine but the
//! reference executor of models.

use super::lesson::Lesson;
use super::naive::{self, Filters, Image};
use super::student;
use lattice_isa::{Handle, Instruction, Opcode, Pooling, Trap, WindowFault};
use lattice_tensor::{ExecError, Model};

/// What a handle stands for.
#[derive(Clone)]
pub enum Value {
    Tensor(Vec<u32>, Vec<i32>),
    Model(Box<(Model, Lesson)>),
    Freed,
}

/// The interpreter: what each handle stands for, and the journal.
#[derive(Default)]
pub struct Naive {
    pub values: Vec<Value>,
    pub commits: Vec<[u8; 32]>,
}

impl Naive {
    fn value(&self, handle: Handle) -> Result<&Value, Trap> {
        match self.values.get(usize::from(handle.0)) {
            None | Some(Value::Freed) => Err(Trap::UnknownHandle(handle)),
            Some(value) => Ok(value),
        }
    }

    fn tensor(&self, handle: Handle) -> Result<(Vec<u32>, Vec<i32>), Trap> {
        match self.value(handle)? {
            Value::Tensor(dims, elements) => Ok((dims.clone(), elements.clone())),
            _ => Err(Trap::NotATensor(handle)),
        }
    }

    fn model(&self, handle: Handle) -> Result<(Model, Lesson), Trap> {
        match self.value(handle)? {
            Value::Model(model) => Ok((**model).clone()),
            _ => Err(Trap::NotAModel(handle)),
        }
    }

    fn image(&self, opcode: Opcode, handle: Handle) -> Result<([usize; 3], Vec<i32>), Trap> {
        let (dims, elements) = self.tensor(handle)?;
        let sizes: Vec<usize> = dims.iter().map(|dim| *dim as usize).collect();
        let rank = dims.len() as u8;
        let fault = WindowFault::NotAnImage { rank };
        let dims = sizes
            .try_into()
            .map_err(|_| Trap::Window { opcode, fault })?;
        Ok((dims, elements))
    }

    pub fn run(&mut self, instruction: &Instruction) -> Result<(), Trap> {
        let made = match instruction {
            Instruction::LoadModel { .. } => {
                let student = student();
                let lesson = Lesson::of(&student);
                Some(Value::Model(Box::new((student, lesson))))
            }
            Instruction::UnloadModel { model } => {
                self.model(*model)?;
                self.values[usize::from(model.0)] = Value::Freed;
                None
            }
            Instruction::ExecModel { model, input } => {
                let (model, _) = self.model(*model)?;
                let (dims, elements) = self.tensor(*input)?;
                if dims != [2] {
                    let given = elements.len() as u64;
                    return Err(Trap::InputShape { expected: 2, given });
                }
                let output = lattice_tensor::execute(&model, &elements).map_err(|error| {
                    let ExecError::InputRange { index, value, .. } = error else {
                        panic!("{error}");
                    };
                    let element = index as u32;
                    Trap::InputRange { element, value }
                })?;
                Some(Value::Tensor(vec![2], output))
            }
            Instruction::TrainModel {
                model,
                batch,
                targets,
                rate_shift,
            } => {
                self.train(*model, *batch, *targets, *rate_shift)?;
                None
            }
            Instruction::TensorNew { shape, elements } => {
                Some(Value::Tensor(shape.dims().to_vec(), elements.clone()))
            }
            Instruction::TensorAdd { left, right } => {
                let ((a, x), (b, y)) = (self.tensor(*left)?, self.tensor(*right)?);
                if a != b {
                    return Err(mismatch(instruction.opcode(), *left, *right));
                }
                let sums = x
                    .iter()
                    .zip(&y)
                    .map(|(x, y)| i128::from(*x) + i128::from(*y));
                Some(Value::Tensor(a, naive::fits(&sums.collect::<Vec<_>>())?))
            }
            Instruction::TensorMul { left, right } => {
                let ((a, x), (b, y)) = (self.tensor(*left)?, self.tensor(*right)?);
                let (&[m, k], &[l, n]) = (&a[..], &b[..]) else {
                    return Err(mismatch(instruction.opcode(), *left, *right));
                };
                if k != l {
                    return Err(mismatch(instruction.opcode(), *left, *right));
                }
                let mut sums = Vec::new();
                for i in 0..m as usize {
                    for j in 0..n as usize {
                        let (k, n) = (k as usize, n as usize);
                        let of = |at| i128::from(x[i * k + at]) * i128::from(y[at * n + j]);
                        sums.push((0..k).map(of).sum());
                    }
                }
                Some(Value::Tensor(vec![m, n], naive::fits(&sums)?))
            }
            Instruction::TensorConv {
                input,
                weight,
                stride,
                padding,
                groups,
            } => {
                let opcode = instruction.opcode();
                // Both are there before either is looked at.
                self.tensor(*input)?;
                let (filters, weights) = self.tensor(*weight)?;
                let (dims, elements) = self.image(opcode, *input)?;
                let &[outputs, inputs, kh, kw] = &filters[..] else {
                    return Err(mismatch(opcode, *input, *weight));
                };
                let fault = |fault| Trap::Window { opcode, fault };
                for channels in [outputs, dims[0] as u32] {
                    if channels % u32::from(*groups) != 0 {
                        let groups = *groups;
                        return Err(fault(WindowFault::UnevenGroups { channels, groups }));
                    }
                }
                if dims[0] as u32 / u32::from(*groups) != inputs {
                    return Err(mismatch(opcode, *input, *weight));
                }
                check_windows(opcode, dims, [kh, kw], *padding)?;
                let image = Image {
                    dims,
                    elements: &elements,
                };
                let filters = Filters {
                    dims: [outputs, inputs, kh, kw].map(|dim| dim as usize),
                    elements: &weights,
                };
                let (dims, sums) = naive::convolve(&image, &filters, *stride, *padding, *groups)
                    .expect("the windows fit");
                Some(Value::Tensor(dims, naive::fits(&sums)?))
            }
            Instruction::TensorPool {
                input,
                pooling,
                kernel,
                stride,
                padding,
            } => {
                let opcode = instruction.opcode();
                let (dims, elements) = self.image(opcode, *input)?;
                check_windows(opcode, dims, kernel.map(u32::from), *padding)?;
                let image = Image {
                    dims,
                    elements: &elements,
                };
                let (dims, exact, only_padding) =
                    naive::pool(&image, *pooling, *kernel, *stride, *padding)
                        .expect("the windows fit");
                if only_padding && *pooling == Pooling::Max {
                    let fault = WindowFault::OnlyPadding;
                    return Err(Trap::Window { opcode, fault });
                }
                Some(Value::Tensor(dims, naive::fits(&exact)?))
            }
            Instruction::CommitResult { subject, .. } => {
                self.commits.push(*subject);
                None
            }
            Instruction::VerifyProof { .. } => None,
            Instruction::HashModel { model } => {
                self.model(*model)?;
                None
            }
        };
        self.values.extend(made);
        Ok(())
    }

    fn train(
        &mut self,
        model: Handle,
        batch: Handle,
        targets: Handle,
        rate: u8,
    ) -> Result<(), Trap> {
        let (trained, mut lesson) = self.model(model)?;
        let (dims, inputs) = self.tensor(batch)?;
        let (target_dims, targets) = self.tensor(targets)?;
        let rows = u64::from(dims[0]);
        let given = inputs.len() as u64;
        if given != 2 * rows {
            let expected = 2 * rows;
            return Err(Trap::BatchShape {
                rows,
                expected,
                given,
            });
        }
        let given = targets.len() as u64;
        if given != 2 * rows || u64::from(target_dims[0]) != rows {
            let expected = 2 * rows;
            return Err(Trap::TargetShape {
                rows,
                expected,
                given,
            });
        }
        if let Some(element) = inputs.iter().position(|x| !(0..=16).contains(x)) {
            let value = inputs[element];
            let element = element as u32;
            return Err(Trap::InputRange { element, value });
        }
        lesson.step(&inputs, &targets, rate)?;
        // The same graph with the lesson's weights.
        let tensors = lesson.quantized();
        let manifest = lattice_tensor::Manifest {
            weight_root: lattice_tensor::weights::weight_root(&tensors),
            ..trained.manifest().clone()
        };
        let next = Model::new(manifest, tensors).expect("the lesson has checked it");
        self.values[usize::from(model.0)] = Value::Model(Box::new((next, lesson)));
        Ok(())
    }
}

fn mismatch(opcode: Opcode, left: Handle, right: Handle) -> Trap {
    Trap::ShapeMismatch {
        opcode,
        left,
        right,
    }
}

fn check_windows(
    opcode: Opcode,
    [_, height, width]: [usize; 3],
    kernel: [u32; 2],
    [top, left, bottom, right]: [u8; 4],
) -> Result<(), Trap> {
    let padded = [
        height as u32 + u32::from(top) + u32::from(bottom),
        width as u32 + u32::from(left) + u32::from(right),
    ];
    for (kernel, padded) in kernel.into_iter().zip(padded) {
        if kernel > padded {
            let fault = WindowFault::LargerThanInput { kernel, padded };
            return Err(Trap::Window { opcode, fault });
        }
    }
    Ok(())
}
